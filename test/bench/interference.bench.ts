import { resolve } from "node:path";
import { loadProfile, slowdownOf } from "@partitune/schema";
import { fitInterference, fitInterferenceSamples, type InterferenceSample } from "@partitune/surrogate";
import { type CoLocationOptions, coLocations } from "../surrogate/fixtures/coLocations.ts";
import { made } from "../surrogate/fixtures/profileOf.ts";
import type { BenchRow } from "./benchRow.ts";
import { medianSeconds } from "./medianSeconds.ts";

const seeds = 40;
const noise = 0.015;
const quantile = 0.9;
const laws = ["constant", "utilisations", "tempers"] as const;
/** Probability, stated by the method, of leaving the constant where it is the truth. */
const level = 0.05;

/**
 * Interference models on synthetic co-locations of known truth: how often the constant is left where it is the truth, how often the right
 * model is taken where it is not, and how far the chosen model is from the truth on pairs that were not measured.
 */
export function bench(): readonly BenchRow[] {
  const rows: BenchRow[] = [];
  for (const workloads of [4, 6, 9]) {
    const left = share(workloads, "constant", (model) => model !== "constant" && model !== "none");
    rows.push({
      name: `synthetic, constant is the truth, ${workloads} workloads: left for another model`,
      target: `≤ ${level * 100} %, give or take chance in ${seeds} draws`,
      value: left * 100,
      unit: "%",
      met: left <= level + 2 * Math.sqrt((level * (1 - level)) / seeds),
    });
    rows.push(powerRow(workloads, "utilisations", "linear"), powerRow(workloads, "tempers", "pairwise"));
  }
  return [...rows, ...laws.map(errorRow), ...laws.map(coverageRow), ...datasetRows(), timeRow()];
}

/** Errors of all models on pairs held out of the synthetic card's dataset; its formula scatters by 0.8 % from pair to pair. */
function datasetRows(): readonly BenchRow[] {
  const { candidates, chosen } = fitInterference(
    loadProfile(resolve(import.meta.dirname, "../../datasets/synthetic-a100-80gb")),
    { made },
  );
  const constant = candidates.find(({ model }) => model === "constant")!.meanError;
  return candidates.map(({ model, meanError, p95Error }) => ({
    name: `synthetic-a100-80gb, ${model}${model === chosen.model ? " (chosen)" : ""}: mean error on pairs of networks held out`,
    ...(model === chosen.model && model !== "constant" ? { target: "less than the constant's" } : {}),
    value: 100 * meanError,
    unit: "%",
    met: model === chosen.model && model !== "constant" ? meanError < constant : null,
    note: `p95 ${(100 * p95Error).toPrecision(3)} %`,
  }));
}

function optionsOf(seed: number, workloads: number, law: CoLocationOptions["law"]): CoLocationOptions {
  return { seed: `bench ${seed}`, workloads, law, noise };
}

function fitTo(options: CoLocationOptions) {
  const { samples, utilisations } = coLocations(options);
  return fitInterferenceSamples(samples, { made, utilisations, synthetic: true });
}

/** Part of the draws in which a model was chosen that fits. */
function share(workloads: number, law: CoLocationOptions["law"], fits: (model: string) => boolean): number {
  const chosen = Array.from({ length: seeds }, (_, seed) => fitTo(optionsOf(seed, workloads, law)).chosen.model);
  return chosen.filter(fits).length / seeds;
}

function powerRow(workloads: number, law: CoLocationOptions["law"], right: string): BenchRow {
  return {
    name: `synthetic, slowdown by ${law}, ${workloads} workloads: ${right} chosen`,
    value: share(workloads, law, (model) => model === right) * 100,
    unit: "%",
    met: null,
  };
}

/** Co-locations of which half of the pairs are measured. */
function halfMeasured(seed: number, law: CoLocationOptions["law"]) {
  const all = coLocations(optionsOf(seed, 8, law));
  const pairOf = ({ subject, neighbours: [other] }: InterferenceSample) =>
    [subject.workload, other!.workload].sort().join();
  const pairs = [...new Set(all.samples.map(pairOf))];
  const known = new Set(pairs.filter((_, i) => (i * 7 + seed) % 2 === 0));
  const [measured, others] = [true, false].map((is) => all.samples.filter((each) => known.has(pairOf(each)) === is));
  return { ...all, measured: measured!, others: others! };
}

function errorRow(law: CoLocationOptions["law"]): BenchRow {
  const errors = { chosen: 0, constant: 0, count: 0 };
  for (let seed = 0; seed < seeds / 2; seed++) {
    const { measured, others, utilisations, truth } = halfMeasured(seed, law);
    const options = { made, utilisations, synthetic: true };
    const { chosen } = fitInterferenceSamples(measured, options);
    const { chosen: constant } = fitInterferenceSamples(measured, { ...options, model: "constant" });
    for (const { subject, neighbours } of others) {
      const exact = truth(subject, neighbours[0]!);
      errors.chosen += Math.abs(slowdownOf(chosen, subject, neighbours) / exact - 1);
      errors.constant += Math.abs(slowdownOf(constant, subject, neighbours) / exact - 1);
      errors.count++;
    }
  }
  return {
    name: `synthetic, slowdown by ${law}, half of the pairs of 8 workloads measured: mean error against the truth on the others`,
    target: "≤ that of the constant + 0.1 %",
    value: (100 * errors.chosen) / errors.count,
    unit: "%",
    met: errors.chosen <= errors.constant + 1e-3 * errors.count,
    note: `constant ${((100 * errors.constant) / errors.count).toPrecision(3)} %`,
  };
}

/** What a model for the 90 % quantile covers of noisy slowdowns of pairs that were not measured. */
function coverageRow(law: CoLocationOptions["law"]): BenchRow {
  let [covered, count, excess] = [0, 0, 0];
  for (let seed = 0; seed < seeds / 2; seed++) {
    const { measured, others, utilisations } = halfMeasured(seed, law);
    const { chosen } = fitInterferenceSamples(measured, { made, utilisations, synthetic: true, quantile });
    for (const { subject, neighbours, slowdown } of others) {
      const planned = slowdownOf(chosen, subject, neighbours);
      if (slowdown <= planned) covered++;
      excess += planned / slowdown - 1;
      count++;
    }
  }
  const part = covered / count;
  return {
    name: `synthetic, slowdown by ${law}, half of the pairs of 8 workloads measured: covered of the others at the ${quantile * 100} % quantile`,
    target: `${quantile * 100} % ± 3 %`,
    value: 100 * part,
    unit: "%",
    met: Math.abs(part - quantile) <= 0.03,
    note: `planned ${((100 * excess) / count).toPrecision(2)} % above measured in the mean`,
  };
}

function timeRow(): BenchRow {
  const shares = [0.2, 0.4, 0.6, 0.8];
  const { samples, utilisations } = coLocations({ ...optionsOf(1, 20, "utilisations"), shares });
  const value = medianSeconds(() => fitInterferenceSamples(samples, { made, utilisations, synthetic: true }), 1);
  return {
    name: `${samples.length} synthetic samples of 190 pairs: all models, each pair held out`,
    value,
    unit: "s",
    met: null,
  };
}

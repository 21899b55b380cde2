import { resolve } from "node:path";
import { loadProfile, slowdownOf } from "@partitune/schema";
import { fitInterference, fitInterferenceSamples } from "@partitune/surrogate";
import { type CoLocationOptions, coLocations } from "../surrogate/fixtures/coLocations.ts";
import { made } from "../surrogate/fixtures/profileOf.ts";
import type { BenchRow } from "./benchRow.ts";
import { medianSeconds } from "./medianSeconds.ts";

const seeds = 40;
const noise = 0.015;
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
  return [...rows, ...datasetRows(), ...(["constant", "utilisations", "tempers"] as const).map(errorRow), timeRow()];
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

/** Half of the pairs are measured; the other half is compared with the truth. */
function errorRow(law: CoLocationOptions["law"]): BenchRow {
  const errors = { chosen: 0, constant: 0, count: 0 };
  for (let seed = 0; seed < seeds / 2; seed++) {
    const { samples, utilisations, truth } = coLocations(optionsOf(seed, 8, law));
    const key = (i: number) =>
      [samples[i]!.subject, samples[i]!.neighbours[0]!]
        .map(({ workload }) => workload)
        .sort()
        .join();
    const pairs = [...new Set([...samples.keys()].map(key))];
    const known = new Set(pairs.filter((_, i) => (i * 7 + seed) % 2 === 0));
    const measured = samples.filter((_, i) => known.has(key(i)));
    const fitted = (model?: "constant") =>
      fitInterferenceSamples(measured, {
        made,
        utilisations,
        synthetic: true,
        ...(model === undefined ? {} : { model }),
      }).chosen;
    const models = { chosen: fitted(), constant: fitted("constant") };
    for (const [i, { subject, neighbours }] of samples.entries()) {
      if (known.has(key(i))) continue;
      const exact = truth(subject, neighbours[0]!);
      errors.chosen += Math.abs(slowdownOf(models.chosen, subject, neighbours) / exact - 1);
      errors.constant += Math.abs(slowdownOf(models.constant, subject, neighbours) / exact - 1);
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

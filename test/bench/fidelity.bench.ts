import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Estimate, loadJson } from "@partitune/schema";
import { simulate } from "@partitune/simulator";
import type { BenchRow } from "./benchRow.ts";

const datasets = resolve(import.meta.dirname, "../../datasets");

/** One placement of a deployed plan: its response percentiles, simulated and measured. */
interface Pair {
  readonly p50: Comparison;
  /** Null where the measurement was too short for a 99th percentile. */
  readonly p99: Comparison | null;
}

interface Comparison {
  /** |simulated/measured − 1|. */
  readonly difference: number;
  /** True when the measured interval holds the simulated value. */
  readonly within: boolean;
  /** True when the measured value is at most what the plan said it could be. */
  readonly planned: boolean;
}

/**
 * How far predictions and simulations are from what was measured, recomputed from every recording that has both. The answer needs no
 * device: `node test/bench/fidelity/record.ts datasets/NAME` records anew.
 */
export async function bench(): Promise<BenchRow[]> {
  return readdirSync(datasets)
    .filter((name) => existsSync(join(datasets, name, "live-0.json")))
    .flatMap((name) => [...judgeSurrogate(join(datasets, name)), ...judgeSimulation(join(datasets, name))]);
}

function judgeSurrogate(folder: string): BenchRow[] {
  const machine = readFileSync(join(folder, "machine.txt"), "utf8").trim();
  const { fits } = loadJson(join(folder, "surrogate.json"), "surrogate");
  const residuals = fits.filter((fit) => fit.metric === "latency_p50_s").flatMap((fit) => fit.residuals);
  const held = median(residuals.map(({ measured, predicted }) => Math.abs(predicted.value / measured - 1)));
  const covered = residuals.filter(({ measured, predicted }) => holds(predicted, measured)).length;
  return [
    {
      name: "surrogate: median error of p50 latency, held out",
      target: "≤ 5 %",
      value: held * 100,
      unit: "%",
      met: held <= 0.05,
      note: `${residuals.length} configurations, ${machine}`,
    },
    {
      name: "surrogate: coverage of its 90 % interval, held out",
      value: (100 * covered) / residuals.length,
      unit: "%",
      met: null,
    },
  ];
}

function judgeSimulation(folder: string): BenchRow[] {
  const pairs = comparePlans(folder);
  const tails = pairs.flatMap(({ p99 }) => p99 ?? []);
  const off = median(tails.map(({ difference }) => difference));
  const within = tails.filter((tail) => tail.within).length;
  const planned = tails.filter((tail) => tail.planned).length;
  return [
    {
      name: "simulated against live p50, median difference",
      value: 100 * median(pairs.map(({ p50 }) => p50.difference)),
      unit: "%",
      met: null,
      note: `${pairs.length} placements`,
    },
    {
      name: "simulated against live p99, median difference",
      target: "≤ 15 %, 12 placements",
      value: 100 * off,
      unit: "%",
      met: tails.length >= 12 && off <= 0.15,
      note: `${tails.length} placements long enough for a p99; the live interval holds the simulated value in ${within}, the live value is within the plan's margin in ${planned}`,
    },
  ];
}

function comparePlans(folder: string): Pair[] {
  const plans = readdirSync(folder).filter((file) => /^plan-\d+\.json$/.test(file));
  return plans.flatMap((file) => {
    const plan = loadJson(join(folder, file), "plan");
    const live = loadJson(join(folder, file.replace("plan", "live")), "trace");
    const simulated = simulate(plan, { seed: "fidelity", durationSeconds: 20_000 });
    return live.streams.flatMap((stream): Pair[] => {
      const expected = simulated.streams.find(({ placement }) => placement === stream.placement)!.response;
      const promised = plan.promises.find(
        ({ subject, metric }) => subject === stream.workload && metric === "response_s",
      );
      const most = promised?.predicted?.high ?? Number.POSITIVE_INFINITY;
      const compare = (p: "p50" | "p99") => compareOne(expected[p], stream.response[p], most);
      const p50 = compare("p50");
      return p50 === null ? [] : [{ p50, p99: compare("p99") }];
    });
  });
}

function compareOne(simulated: Estimate | null, measured: Estimate | null, most: number): Comparison | null {
  if (simulated === null || measured === null) return null;
  const difference = Math.abs(simulated.value / measured.value - 1);
  return { difference, within: holds(measured, simulated.value), planned: measured.value <= most };
}

function holds({ low, high }: Estimate, value: number): boolean {
  return (low ?? 0) <= value && value <= (high ?? Number.POSITIVE_INFINITY);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

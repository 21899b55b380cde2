import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadJson } from "@partitune/schema";
import { simulate } from "@partitune/simulator";
import type { BenchRow } from "./benchRow.ts";

const datasets = resolve(import.meta.dirname, "../../datasets");

/** One placement of a deployed plan: its 99th percentile, simulated and measured. */
interface Pair {
  readonly name: string;
  readonly simulated: number;
  readonly measured: number;
  /** True when the measured value's own interval holds the simulated one. */
  readonly within: boolean;
}

/**
 * How far predictions and simulations are from what was measured, recomputed from every recording that has both. The answer needs no
 * device: `node test/bench/fidelity/record.ts datasets/NAME` records anew.
 */
export async function bench(): Promise<BenchRow[]> {
  return readdirSync(datasets)
    .filter((name) => existsSync(join(datasets, name, "live-0.json")))
    .flatMap((name) => judgeRecording(join(datasets, name)));
}

function judgeRecording(folder: string): BenchRow[] {
  const machine = readFileSync(join(folder, "machine.txt"), "utf8").trim();
  const surrogate = loadJson(join(folder, "surrogate.json"), "surrogate");
  const medians = surrogate.fits.filter((fit) => fit.metric === "latency_p50_s");
  const errors = medians.flatMap((fit) =>
    fit.residuals.map(({ measured, predicted }) => Math.abs(predicted.value / measured - 1)),
  );
  const covered = medians.flatMap((fit) =>
    fit.residuals.map(
      ({ measured, predicted }) =>
        (predicted.low ?? 0) <= measured && measured <= (predicted.high ?? Number.POSITIVE_INFINITY),
    ),
  );
  const pairs = collectPairs(folder);
  const off = median(pairs.map(({ simulated, measured }) => Math.abs(simulated / measured - 1)));
  const held = median(errors);
  return [
    {
      name: "surrogate: median error of p50 latency, held out",
      target: "≤ 5 %",
      value: held * 100,
      unit: "%",
      met: held <= 0.05,
      note: `${errors.length} configurations, ${machine}`,
    },
    {
      name: "surrogate: coverage of its 90 % interval",
      value: (100 * covered.filter(Boolean).length) / covered.length,
      unit: "%",
      met: null,
    },
    {
      name: "simulated against live p99, median difference",
      target: "≤ 15 %",
      value: off * 100,
      unit: "%",
      met: pairs.length >= 12 && off <= 0.15,
      note: `${pairs.length} placements; in ${pairs.filter(({ within }) => within).length} the simulated value lies in the live interval`,
    },
  ];
}

function collectPairs(folder: string): Pair[] {
  const plans = readdirSync(folder).filter((file) => /^plan-\d+\.json$/.test(file));
  return plans.flatMap((file) => {
    const live = loadJson(join(folder, file.replace("plan", "live")), "trace");
    const simulated = simulate(loadJson(join(folder, file), "plan"), { seed: "fidelity", durationSeconds: 20_000 });
    return live.streams.flatMap((stream): Pair[] => {
      const expected = simulated.streams.find(({ placement }) => placement === stream.placement)?.response.p99;
      const seen = stream.response.p99;
      if (expected == null || seen === null) return [];
      const within = (seen.low ?? 0) <= expected.value && expected.value <= (seen.high ?? Number.POSITIVE_INFINITY);
      return [{ name: stream.placement, simulated: expected.value, measured: seen.value, within }];
    });
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

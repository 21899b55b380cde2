import type { Samples, Seconds } from "@partitune/schema";
import type { Run } from "./executor.ts";

/** Kept digits of a sample: 0.1 µs, far below the noise of any batch, and short in the file. */
const ticksPerSecond = 1e7;

/** Runs as samples, rounded to 0.1 µs. What is reported is computed from the rounded ones, so that it can be computed again. */
export function toSamples(runs: readonly Run[], warmup: number): Samples {
  const origin = runs[0]?.start ?? 0;
  const isOpen = runs.some(({ intended }) => intended !== undefined);
  const isFaulty = runs.some(({ outcome }) => outcome !== undefined);
  return {
    warmup,
    start_s: runs.map((run) => round(run.start - origin)),
    end_s: runs.map((run) => round(run.end - origin)),
    service_s: runs.map((run) => round(run.service)),
    ...(isOpen ? { intended_s: runs.map((run) => round((run.intended ?? run.start) - origin)) } : {}),
    ...(isFaulty ? { outcome: runs.map((run) => run.outcome ?? "answered") } : {}),
  };
}

/** Service times of the measured batches that were answered, warm-up left out. */
export function measuredService({ warmup, service_s, outcome }: Samples): readonly Seconds[] {
  return service_s.filter((_, i) => i >= warmup && (outcome?.[i] ?? "answered") === "answered");
}

function round(time: Seconds): Seconds {
  return Math.round(time * ticksPerSecond) / ticksPerSecond;
}

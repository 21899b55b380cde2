import type { Samples, Seconds, Telemetry } from "@partitune/schema";
import type { Run } from "./executor.ts";
import { toTelemetry } from "./toTelemetry.ts";

/** Kept digits of a sample: 0.1 µs, far below the noise of any batch, and short in the file. */
const ticksPerSecond = 1e7;
const keptProblems = 5;

/**
 * Runs as samples, rounded to 0.1 µs. What is reported is computed from the rounded ones, so that it can be computed again.
 *
 * @param reported  what the device reported meanwhile, on the executor's clock
 */
export function toSamples(runs: readonly Run[], warmup: number, reported?: Telemetry): Samples {
  const origin = runs[0]?.start ?? 0;
  const isOpen = runs.some(({ intended }) => intended !== undefined);
  const isFaulty = runs.some(({ outcome }) => outcome !== undefined);
  return {
    warmup,
    start_s: runs.map((run) => round(run.start - origin)),
    end_s: runs.map((run) => round(run.end - origin)),
    service_s: runs.map((run) => round(run.service)),
    ...(isOpen ? { intended_s: runs.map((run) => round((run.intended ?? run.start) - origin)) } : {}),
    ...(isFaulty ? { outcome: runs.map((run) => run.outcome ?? "answered"), problems: problemsOf(runs) } : {}),
    ...deviceTimes(runs),
    ...(reported === undefined ? {} : { telemetry: toTelemetry(reported, origin) }),
  };
}

function problemsOf(runs: readonly Run[]): readonly string[] {
  const problems = new Set<string>();
  for (const { problem } of runs) if (problem !== undefined && problems.size < keptProblems) problems.add(problem);
  return [...problems];
}

/** Service times of the measured batches that were answered, warm-up left out. */
export function measuredService({ warmup, service_s, outcome }: Samples): readonly Seconds[] {
  return service_s.filter((_, i) => i >= warmup && (outcome?.[i] ?? "answered") === "answered");
}

/** Only where the worker tells of every batch. */
function deviceTimes(runs: readonly Run[]): Pick<Samples, "device_s"> {
  const times = runs.map(({ device }) => device).filter((time) => time !== undefined);
  return times.length === 0 || times.length < runs.length ? {} : { device_s: times.map(round) };
}

function round(time: Seconds): Seconds {
  return Math.round(time * ticksPerSecond) / ticksPerSecond;
}

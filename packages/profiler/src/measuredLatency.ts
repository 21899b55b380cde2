import type { Samples, Seconds } from "@partitune/schema";

/** Latencies of measured batches, warm-up left out. */
export interface MeasuredLatency {
  /** Those that were answered or given up, in the order in which they ended. */
  readonly seconds: readonly Seconds[];
  /** The shortest time after which one was given up: beyond it, latencies are lower bounds. Infinity when none was. */
  readonly censoredFrom: Seconds;
  /** Batches that were issued, answered, and given up. */
  readonly issued: number;
  readonly answered: number;
  readonly timedOut: number;
}

/**
 * Latency of each measured batch: completion − intended start under an open load, else the service time. Those that failed have none; those
 * that were given up count with the time until then.
 */
export function measuredLatency(samples: Samples): MeasuredLatency {
  const { warmup, end_s, service_s, intended_s, outcome } = samples;
  const measured = Array.from({ length: end_s.length - warmup }, (_, i) => i + warmup);
  const latencyAt = (i: number) => (intended_s === undefined ? service_s[i]! : Math.max(0, end_s[i]! - intended_s[i]!));
  const outcomeAt = (i: number) => outcome?.[i] ?? "answered";
  const kept = measured.filter((i) => outcomeAt(i) !== "failed");
  const timedOut = kept.filter((i) => outcomeAt(i) === "timed-out");
  return {
    seconds: kept.map(latencyAt),
    censoredFrom: timedOut.reduce((least, i) => Math.min(least, latencyAt(i)), Number.POSITIVE_INFINITY),
    issued: measured.length,
    answered: kept.length - timedOut.length,
    timedOut: timedOut.length,
  };
}

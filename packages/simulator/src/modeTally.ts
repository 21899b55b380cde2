import { type StreamingQuantiles, streamingQuantiles } from "@partitune/numerics";
import type { ModeStream, Seconds } from "@partitune/schema";

/** What is remembered of one inference workload in one period. */
export interface ModeTally {
  minibatches: number;
  windows: number;
  overflowed: number;
  waiting: number;
  /** Time in which its requests were gathered. */
  seconds: Seconds;
  readonly latencies: StreamingQuantiles;
  /** Longest latencies: of all, and of those that were not put off to a later window; -1 before the first. */
  worst: Seconds;
  worstWithinRate: Seconds;
}

export function modeTally(): ModeTally {
  return {
    minibatches: 0,
    windows: 0,
    overflowed: 0,
    waiting: 0,
    seconds: 0,
    latencies: streamingQuantiles(),
    worst: -1,
    worstWithinRate: -1,
  };
}

/** Counts the latency of a request, or the age of one that still waits. */
export function sawLatency(tally: ModeTally, latency: Seconds, putOff: boolean): void {
  if (latency > tally.worst) tally.worst = latency;
  if (!putOff && latency > tally.worstWithinRate) tally.worstWithinRate = latency;
}

/** A tally as it stands in a trace. */
export function summariseModeTally(workload: string, tally: ModeTally): ModeStream {
  const { latencies, seconds, waiting, minibatches, windows, overflowed, worst, worstWithinRate } = tally;
  const requests = latencies.count;
  const perSecond = (amount: number) => (seconds > 0 ? amount / seconds : 0);
  return {
    workload,
    offeredPerSecond: perSecond(requests + waiting),
    completedPerSecond: perSecond(requests),
    requests,
    waiting,
    minibatches,
    windows,
    overflowed,
    worstSeconds: worst < 0 ? null : worst,
    worstWithinRateSeconds: worstWithinRate < 0 ? null : worstWithinRate,
    meanSeconds: requests === 0 ? null : latencies.mean,
    p50Seconds: requests === 0 ? null : latencies.quantile(0.5),
    p99Seconds: requests === 0 ? null : latencies.quantile(0.99),
  };
}

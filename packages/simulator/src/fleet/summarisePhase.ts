import { quantile, streamingQuantiles } from "@partitune/numerics";
import type { Estimate, Seconds, SharingLane } from "@partitune/schema";
import { responseEstimates } from "../responseEstimates.ts";
import { sectionCount } from "../tally.ts";
import type { ResponseLog } from "./responseLog.ts";

type PhaseOfStream = SharingLane["streams"][number]["phases"][number];

/**
 * What happened to the requests of one service that arrived in [start, end).
 *
 * Percentiles are exact elements of the sample. Their intervals allow for requests that share their fate; where too few are independent,
 * they are open.
 *
 * @param confidence  coverage of the intervals
 * @see responseEstimates
 */
export function summarisePhase(
  log: ResponseLog,
  start: Seconds,
  end: Seconds,
  deadline: Seconds,
  confidence: number,
): PhaseOfStream {
  const { arrivals, responses, firsts, count } = log;
  const sections = Array.from({ length: sectionCount }, () => streamingQuantiles());
  const perSecond = sectionCount / (end - start);
  const own: number[] = [];
  let [batches, late] = [0, 0];
  for (let i = 0; i < count; i++) {
    const arrival = arrivals[i]!;
    if (arrival < start || arrival >= end) continue;
    const response = responses[i]!;
    sections[Math.min(sectionCount - 1, Math.floor((arrival - start) * perSecond))]!.add(response);
    own.push(response);
    batches += firsts[i]!;
    if (response > deadline) late++;
  }
  const failed = log.failures.filter((arrival) => arrival >= start && arrival < end).length;
  const came = own.length + failed;
  const estimates = responseEstimates(sections, batches, confidence);
  const sorted = Float64Array.from(own).sort();
  return {
    requests: own.length,
    failed,
    p50: percentile(sorted, 0.5, estimates.percentile(0.5)),
    p99: percentile(sorted, 0.99, estimates.percentile(0.99)),
    deviationSeconds: deviation(own),
    attainment: came === 0 ? null : (own.length - late) / came,
  };
}

function percentile(sorted: Float64Array, p: number, estimate: Estimate | null): Estimate | null {
  if (sorted.length === 0) return null;
  const value = quantile(sorted, p);
  if (estimate === null) return { value, low: null, high: null };
  return { value, low: Math.min(value, estimate.low!), high: Math.max(value, estimate.high!) };
}

/** Sample standard deviation; measured from the first value, so that equal values have exactly none. */
function deviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const shifted = values.map((value) => value - values[0]!);
  const mean = shifted.reduce((sum, value) => sum + value, 0) / shifted.length;
  return Math.sqrt(shifted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (shifted.length - 1));
}

import { quantile } from "@partitune/numerics";
import type { Arrivals, Estimate, Seconds, SharingComparison, SharingLane } from "@partitune/schema";
import { type LoadRequest, outcomes, type StreamSamples } from "./load.ts";
import { responseSamples } from "./responseSamples.ts";

/** A placement, and the service whose requests it answers. */
export interface ServedPlacement {
  readonly placement: string;
  readonly arrivals: Arrivals;
  readonly service: SharingComparison["services"][number];
}

/** What a lane is made from: samples of a load, one stream per served placement. */
export interface LaneSamples {
  readonly name: string;
  readonly title: string;
  readonly load: LoadRequest;
  readonly streams: readonly StreamSamples[];
  readonly served: readonly ServedPlacement[];
  readonly phases: SharingComparison["phases"];
  readonly durationSeconds: Seconds;
  readonly intervalSeconds: Seconds;
  /** Coverage of the intervals. */
  readonly confidence: number;
}

type Phase = SharingComparison["phases"][number];
type LaneStream = SharingLane["streams"][number];

/** A request of the comparison: when it arrived in it, how long its answer took (Infinity when none came), and its part of a batch. */
interface Request {
  readonly arrival: Seconds;
  readonly response: Seconds;
  readonly batchPart: number;
}

/**
 * What samples of a load say about a way of sharing, phase by phase and over time. Requests without an answer count as slower than every
 * answer in percentiles, and are left out of the deviation; in the timeline they stand with the time after which they were given up.
 */
export function laneOf(samples: LaneSamples): SharingLane {
  const { name, title, served } = samples;
  return { name, title, streams: served.map((each, n) => streamOf(each, samples.streams[n]!, samples)) };
}

function streamOf({ service }: ServedPlacement, stream: StreamSamples, samples: LaneSamples): LaneStream {
  const requests = requestsOf(stream, samples.load);
  return {
    service: service.service,
    phases: samples.phases.map((phase) => phaseOf(requests, phase, service.deadlineSeconds, samples)),
    timeline: timelineOf(requests, samples),
  };
}

function requestsOf(
  { intended, end, batch, outcome }: StreamSamples,
  { warmupSeconds }: LoadRequest,
): readonly Request[] {
  return Array.from(intended.keys())
    .filter((i) => intended[i]! >= warmupSeconds)
    .map((i) => {
      const isAnswered = outcome[i] === outcomes.answered;
      return {
        arrival: intended[i]! - warmupSeconds,
        response: isAnswered ? end[i]! - intended[i]! : Number.POSITIVE_INFINITY,
        batchPart: isAnswered ? 1 / batch[i]! : 1,
      };
    });
}

function phaseOf(
  all: readonly Request[],
  { startSeconds, endSeconds }: Phase,
  deadline: Seconds,
  { load, confidence }: LaneSamples,
): LaneStream["phases"][number] {
  const own = all.filter(({ arrival }) => arrival >= startSeconds && arrival < endSeconds);
  const answered = own.filter(({ response }) => Number.isFinite(response)).map(({ response }) => response);
  const batches = own.reduce((sum, { batchPart }) => sum + batchPart, 0);
  const responses = Float64Array.from(own, ({ response }) => response);
  const { sorted, percentile } = responseSamples(responses, batches, load.timeoutSeconds, confidence);
  const at = (p: number): Estimate | null => {
    if (sorted.length === 0) return null;
    return percentile(p) ?? { value: Math.min(quantile(sorted, p), load.timeoutSeconds), low: null, high: null };
  };
  const inTime = answered.filter((response) => response <= deadline).length;
  return {
    requests: answered.length,
    failed: own.length - answered.length,
    p50: at(0.5),
    p99: at(0.99),
    deviationSeconds: deviation(answered),
    attainment: own.length === 0 ? null : inTime / own.length,
  };
}

/** Sample standard deviation; null below two values. */
function deviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

function timelineOf(
  requests: readonly Request[],
  { durationSeconds, intervalSeconds, load }: LaneSamples,
): LaneStream["timeline"] {
  const bins = Map.groupBy(
    requests.filter(({ arrival }) => arrival < durationSeconds),
    ({ arrival }) => Math.floor(arrival / intervalSeconds),
  );
  return [...bins]
    .sort(([a], [b]) => a - b)
    .map(([bin, own]) => {
      const sorted = Float64Array.from(own, ({ response }) => Math.min(response, load.timeoutSeconds)).sort();
      return {
        seconds: bin * intervalSeconds,
        requests: sorted.length,
        p50: quantile(sorted, 0.5),
        p99: quantile(sorted, 0.99),
        longest: sorted.at(-1)!,
      };
    });
}

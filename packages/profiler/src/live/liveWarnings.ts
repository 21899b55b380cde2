import { leastSamples, quantile } from "@partitune/numerics";
import type { Plan, Trace, Warning } from "@partitune/schema";
import { promisedPercentiles, windowResponses } from "./buildLiveTrace.ts";
import { type LoadRequest, outcomes, type StreamSamples } from "./load.ts";

/** Lateness at the p99, relative to the median response, from which on the generator falsifies what it measures. */
const toleratedLateness = 0.05;

/** What a user should know about a live measurement before trusting it. */
export function liveWarnings(
  plan: Plan,
  load: LoadRequest,
  streams: readonly StreamSamples[],
  trace: Trace,
): readonly Warning[] {
  return plan.placements.flatMap((placement, n) => {
    const where = `placement "${placement.id}"`;
    const stream = trace.streams[n]!;
    return [
      ...loadWarnings(where, load, streams[n]!),
      ...(stream.saturated ? [saturated(where, stream.offeredPerSecond, stream.completedPerSecond)] : []),
      ...promisedPercentiles(plan, placement).flatMap((p) => fewSamples(where, p, load, streams[n]!)),
    ];
  });
}

/** Requests of a stream that were sent late, or not answered. */
export function loadWarnings(where: string, load: LoadRequest, samples: StreamSamples): readonly Warning[] {
  const { intended, outcome } = samples;
  const failed = intended.filter((time, i) => time >= load.warmupSeconds && outcome[i] !== outcomes.answered).length;
  return [...lateWarnings(where, load, samples), ...failureWarnings(where, failed, samples)];
}

function lateWarnings(where: string, load: LoadRequest, samples: StreamSamples): readonly Warning[] {
  const { intended, sent } = samples;
  const lateness = sent.map((time, i) => time - intended[i]!).filter((_, i) => intended[i]! >= load.warmupSeconds);
  const { sorted } = windowResponses(load, samples);
  if (sorted.length === 0) return [];
  const late = quantile(lateness.sort(), 0.99);
  const median = quantile(sorted, 0.5);
  if (late <= toleratedLateness * median) return [];
  return [
    {
      code: "load-late",
      where,
      cause: `1 % of the requests were sent more than ${milliseconds(late)} late, over ${toleratedLateness * 100} % of the median response of ${milliseconds(median)}`,
      advice: "end other programs, or leave the load generator a share of the processor",
    },
  ];
}

function failureWarnings(where: string, failed: number, { errors }: StreamSamples): readonly Warning[] {
  if (failed === 0) return [];
  const cause = `${failed} requests were not answered${errors.length === 0 ? " in time" : `: ${errors.join("; ")}`}`;
  return [{ code: "requests-failed", where, cause, advice: "see why before trusting its percentiles" }];
}

function saturated(where: string, offered: number, completed: number): Warning {
  return {
    code: "saturated",
    where,
    cause: `its backlog was still growing: ${offered.toFixed(1)} requests/s arrived, ${completed.toFixed(1)} were answered`,
    advice: "give it a larger share or less load; its response times depend on how long one looks",
  };
}

function fewSamples(where: string, p: number, load: LoadRequest, samples: StreamSamples): readonly Warning[] {
  const independent = windowResponses(load, samples).independent(p);
  const least = leastSamples(p);
  if (independent >= least) return [];
  const seconds = Math.ceil((load.durationSeconds * least) / Math.max(1, independent));
  return [
    {
      code: "few-samples",
      where,
      cause: `the p${Number((p * 100).toPrecision(6))} needs at least ${least} independent requests for an interval; the window was worth ${independent}`,
      advice: `measure for about ${seconds} s`,
    },
  ];
}

function milliseconds(seconds: number): string {
  return Number.isFinite(seconds) ? `${(seconds * 1e3).toPrecision(3)} ms` : "more than the time-out";
}

import { quantile } from "@partitune/numerics";
import type { ModePlan, ModeTrace, Seconds, Warning } from "@partitune/schema";
import type { TraceContext } from "./buildModeTrace.ts";
import type { Lateness } from "./lateness.ts";
import type { TurnSamples } from "./turnSamples.ts";

/** Lateness of the generator at the p99, relative to the median latency, from which on it falsifies what it measures. */
const toleratedLateness = 0.05;

/** What a user should know about a mode plan at work before trusting what was measured. */
export function turnWarnings(
  plan: ModePlan,
  samples: TurnSamples,
  trace: ModeTrace,
  lateness: readonly Lateness[],
  { warmupSeconds, managed }: TraceContext,
): readonly Warning[] {
  const { inferences } = trace.periods[0]!;
  return [
    ...inferences.flatMap((stream, n) => {
      const { intended, sent, errors } = samples.streams[n]!;
      const late = sent.map((time, i) => time - intended[i]!).filter((_, i) => intended[i]! >= warmupSeconds);
      const where = `inference "${stream.workload}"`;
      return [
        ...lateWarnings(where, late, stream.p50Seconds),
        ...(stream.waiting === 0 ? [] : [unanswered(where, stream.waiting, errors)]),
      ];
    }),
    ...(managed ? lateness.flatMap(slowWarnings) : []),
    ...(plan.promises.some(({ metric }) => metric.endsWith("_w")) ? [noPower] : []),
  ];
}

function lateWarnings(where: string, late: Float64Array, median: Seconds | null): readonly Warning[] {
  if (late.length === 0 || median === null) return [];
  const p99 = quantile(late.sort(), 0.99);
  if (p99 <= toleratedLateness * median) return [];
  return [
    {
      code: "load-late",
      where,
      cause: `1 % of the requests were sent more than ${milliseconds(p99)} late, over ${toleratedLateness * 100} % of the median latency`,
      advice: "end other programs, or leave the load generator a share of the processor",
    },
  ];
}

function unanswered(where: string, waiting: number, errors: readonly string[]): Warning {
  return {
    code: "requests-failed",
    where,
    cause: `${waiting} requests were not answered${errors.length === 0 ? " in time" : `: ${errors.join("; ")}`}`,
    advice: "see why before trusting its latencies",
  };
}

/** The rules start a minibatch by what the plan expects, so a promise rests on no minibatch taking longer. */
function slowWarnings({ job, longestSeconds, expectedSeconds }: Lateness): readonly Warning[] {
  if (longestSeconds === null || longestSeconds <= expectedSeconds) return [];
  return [
    {
      code: "slower-than-expected",
      where: `job "${job}"`,
      cause: `a minibatch took ${milliseconds(longestSeconds)}, the plan expects ${milliseconds(expectedSeconds)}`,
      advice: "plan with a higher quantile of its time, or keep other programs off the machine",
    },
  ];
}

const noPower: Warning = {
  code: "power-not-measured",
  where: "this machine",
  cause: "power is not measured while workloads take turns",
  advice: "judge the plan's power by its measurements",
};

function milliseconds(seconds: Seconds): string {
  return `${(seconds * 1e3).toPrecision(3)} ms`;
}

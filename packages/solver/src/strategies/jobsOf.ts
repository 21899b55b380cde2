import type { ModeProblem } from "@partitune/schema";
import { dispatchers } from "../problems/dispatchers.ts";

/** A workload that is served in minibatches. */
export interface ServedJob {
  readonly workload: string;
  /** Minibatches that could keep the promise if they took no time; all of them when none could. */
  readonly batches: readonly number[];
  /** For each of them, the longest time in which the promise and the load may still hold; infinite without either. */
  readonly longestSeconds: readonly number[];
}

/** What must be measured in a mode before a problem can be judged there. */
export interface Jobs {
  readonly training: string | null;
  /** In the order of a candidate's batches; without inference that never comes. */
  readonly served: readonly ServedJob[];
  /** Whether idle power counts. */
  readonly idle: boolean;
  /** Whether promises break in every mode, because gathering any minibatch takes too long. */
  readonly hopeless: boolean;
}

/** Reads from a problem what runs. */
export function jobsOf(problem: ModeProblem): Jobs {
  switch (problem.kind) {
    case "training":
      return toJobs(problem.training, [], false);
    case "inference": {
      const { inference, dispatchers: names, highestLoad = 1, budget } = problem;
      const longest = (batch: number) =>
        Math.max(...names.map((name) => longestService(name, { ...inference, highestLoad }, batch)));
      return toJobs(null, inference.ratePerSecond === 0 ? [] : [jobOf(inference, longest)], budget?.kind === "average");
    }
    case "concurrent":
    case "backlogged": {
      const { inference, dispatcher, highestLoad = 1, changeoverSeconds = 0, budget } = problem;
      const longest = (batch: number) =>
        longestService(dispatcher, { ...inference, highestLoad }, batch) - 2 * changeoverSeconds;
      const first = inference.ratePerSecond === 0 ? [] : [jobOf(inference, longest)];
      const second = problem.kind === "backlogged" ? [jobOf(problem.backlog, () => Number.POSITIVE_INFINITY)] : [];
      const training = problem.kind === "concurrent" ? problem.training : null;
      return toJobs(training, [...first, ...second], budget.kind === "average" && first.length > 0);
    }
    case "two-inferences": {
      const { urgent, nonUrgent, training = null, budget } = problem;
      const served = [urgent, nonUrgent].map((job) =>
        jobOf(job, (batch) => longestService("windowed", { ...job, highestLoad: 1 }, batch)),
      );
      return toJobs(training, served, budget.kind === "average");
    }
    case "rate-schedule":
      throw new Error("a schedule is not searched");
  }
}

interface Promised {
  readonly ratePerSecond: number;
  readonly latencySeconds?: number | undefined;
  readonly highestLoad: number;
}

/** Longest time of a minibatch that keeps the load, and the latency after gathering. */
function longestService(dispatcher: keyof typeof dispatchers, promised: Promised, batch: number): number {
  const { ratePerSecond, latencySeconds = Number.POSITIVE_INFINITY, highestLoad } = promised;
  const gather = dispatchers[dispatcher](batch, ratePerSecond);
  return Math.min((highestLoad * batch) / ratePerSecond, latencySeconds - gather);
}

function jobOf(
  { workload, batches }: { readonly workload: string; readonly batches: readonly number[] },
  longest: (batch: number) => number,
): ServedJob {
  const possible = batches.filter((batch) => longest(batch) > 0);
  const kept = possible.length > 0 ? possible : batches;
  return { workload, batches: kept, longestSeconds: kept.map(longest) };
}

function toJobs(training: string | null, served: readonly ServedJob[], idle: boolean): Jobs {
  return { training, served, idle, hopeless: served.some(({ longestSeconds }) => longestSeconds.every((s) => s <= 0)) };
}

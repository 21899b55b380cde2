import { leastSamples } from "@partitune/numerics";
import type { Estimate, PerSecond, PlanPromise, Seconds } from "@partitune/schema";
import { compareWithTarget } from "../compareWithTarget.ts";
import type { Finding } from "../evidence.ts";
import { amountInWords, estimateInWords, metricInWords, targetInWords } from "../inWords.ts";
import { judgeThroughput } from "../judgeThroughput.ts";
import { overSeeds } from "../overSeeds.ts";
import type { Lateness } from "./lateness.ts";

/** Runs of the same service on several seeds. */
export interface LatenessRuns {
  readonly runs: readonly Lateness[];
  /** Length of each run's window. */
  readonly seconds: Seconds;
  /** Requests per second that were sent, on average. */
  readonly ratePerSecond: PerSecond;
  readonly confidence: number;
}

/**
 * Judges a promise of response time or throughput by the requests that were late in several runs.
 *
 * A percentile is kept when the t interval of the part that was late, over the runs, lies within what the percentile allows, and broken when it
 * lies beyond. Nothing is kept under a growing backlog, nor in runs that are short against the time for which requests once waited: they
 * begin empty, and tell little of long queues.
 *
 * @param target  index of the promise's target among those that were counted
 */
export function judgeLateness(promise: PlanPromise, { runs, ...load }: LatenessRuns, target: number): Finding {
  const saturated = runs.some((run) => run.saturated);
  if (promise.metric === "throughput_per_s") return judgeThroughput(promise, throughputEvidence(runs, load));
  const finding = promise.percentile === null ? judgeMean(promise, runs, load) : judgeLate(promise, runs, load, target);
  if (finding.verdict !== "kept") return finding;
  if (saturated) return { verdict: "undecided", why: `${finding.why}; the backlog was still growing at the end` };
  const longest = Math.max(...runs.map(({ longestBacklog }) => longestBacklog));
  if (longest <= tolerated) return finding;
  return {
    verdict: "undecided",
    why: `${finding.why}; but requests waited for ${percent(longest)} of a run without a break`,
  };
}

/** A backlog may last for this part of a run before the run is taken to be too short. */
const tolerated = 0.05;

type RunLoad = Omit<LatenessRuns, "runs">;

function judgeLate(promise: PlanPromise, runs: readonly Lateness[], { confidence }: RunLoad, target: number): Finding {
  const percentile = promise.percentile!;
  const requests = runs.reduce((sum, run) => sum + run.requests, 0);
  const parts = runs.map((run) => (run.requests === 0 ? 0 : run.late[target]! / run.requests));
  const late = overSeeds(parts, confidence);
  const deadline = amountInWords(promise.metric, promise.target);
  const why = `${percentInWords(late)} of the requests simulated missed ${deadline}, promised at most ${percent(1 - percentile)}`;
  if (requests < leastSamples(percentile, { confidence })) return { verdict: "undecided", why };
  return { verdict: compareWithTarget({ relation: "at-most", target: 1 - percentile }, late), why };
}

function judgeMean(promise: PlanPromise, runs: readonly Lateness[], { confidence }: RunLoad): Finding {
  const mean = overSeeds(
    runs.map(({ meanResponse }) => meanResponse),
    confidence,
  );
  const found = `simulated ${metricInWords(promise)} ${estimateInWords(promise.metric, mean)}`;
  return { verdict: compareWithTarget(promise, mean), why: `${found}, promised ${targetInWords(promise)}` };
}

function throughputEvidence(runs: readonly Lateness[], { seconds, ratePerSecond, confidence }: RunLoad) {
  return {
    source: "simulated",
    estimate: overSeeds(
      runs.map(({ completedPerSecond }) => completedPerSecond),
      confidence,
    ),
    streams: runs.map((run) => ({ ...run, requests: run.requests - run.failed, distribution: [] })),
    runs: runs.length,
    seconds: runs.length * seconds,
    ratePerSecond,
    confidence,
  } as const;
}

function percentInWords({ value, low, high }: Estimate): string {
  return low === high ? percent(value) : `${percent(value)} (${percent(Math.max(0, low!))} to ${percent(high!)})`;
}

function percent(part: number): string {
  return `${Number((100 * part).toPrecision(3))} %`;
}

import type { PlanPromise, Seconds } from "@partitune/schema";
import { compareWithTarget } from "./compareWithTarget.ts";
import type { Evidence, Finding, JudgedStream } from "./evidence.ts";
import { amountInWords, estimateInWords, metricInWords, targetInWords } from "./inWords.ts";

/**
 * Judges a response time.
 *
 * - Requests that were never answered missed every deadline: where they are too many for the percentile, the promise is broken whatever
 *   the others did.
 * - Under a growing backlog a longer run would show longer responses, so the promise can be broken but not kept.
 * - Where no run has enough independent requests for an interval, the runs themselves vote: a run misses a target that is met in at most
 *   half of the cases (runs that start empty err to the short side), so n runs that all miss it have probability 2^−n at most.
 */
export function judgeResponse(promise: PlanPromise, evidence: Evidence): Finding {
  const unanswered = unansweredFraction(evidence);
  if (promise.percentile !== null && unanswered > 1 - promise.percentile)
    return { verdict: "broken", why: `${percent(unanswered)} of the requests ${evidence.source} were never answered` };
  return evidence.estimate === null ? judgeByVotes(promise, evidence) : judgeByInterval(promise, evidence);
}

function judgeByInterval(promise: PlanPromise, { source, estimate, streams }: Evidence): Finding {
  const verdict = compareWithTarget(promise, estimate!);
  const found = `${source} ${metricInWords(promise)} ${estimateInWords(promise.metric, estimate!)}`;
  const why = `${found}, promised ${targetInWords(promise)}`;
  if (verdict !== "broken" && streams.some((stream) => stream.saturated))
    return { verdict: "undecided", why: `${why}; ${growing}` };
  return { verdict, why: verdict === "undecided" ? `${why}: the interval holds the target` : why };
}

const growing = "the backlog was still growing at the end";

function judgeByVotes(promise: PlanPromise, evidence: Evidence): Finding {
  const { source, streams, runs, confidence } = evidence;
  if (streams.length === 0) return { verdict: "undecided", why: `nothing was ${source} of "${promise.subject}"` };
  const least = Math.min(...streams.map((stream) => valueAtLeast(stream, promise.percentile)));
  if (promise.relation === "at-most" && least > promise.target && 2 ** -runs <= 1 - confidence) {
    const found = `${source} ${metricInWords(promise)} above ${amountInWords(promise.metric, least)} in all ${runs} runs`;
    return { verdict: "broken", why: `${found}, promised ${targetInWords(promise)}` };
  }
  if (streams.some((stream) => stream.saturated)) return { verdict: "undecided", why: `when ${source}, ${growing}` };
  const requests = Math.min(...streams.map((stream) => stream.requests));
  const few = `${requests} requests ${source} are too few independent ones for the ${metricInWords(promise)}`;
  return { verdict: "undecided", why: `${few}; take a longer run` };
}

/** A response time that the run's own percentile is not below: the nearest one from below in the distribution. */
function valueAtLeast({ distribution }: JudgedStream, percentile: number | null): Seconds {
  return distribution.filter((point) => point.probability <= (percentile ?? 0)).at(-1)?.seconds ?? 0;
}

function unansweredFraction({ streams }: Evidence): number {
  const failed = streams.reduce((total, stream) => total + stream.failed, 0);
  const answered = streams.reduce((total, stream) => total + stream.requests, 0);
  return failed === 0 ? 0 : failed / (failed + answered);
}

function percent(part: number): string {
  return `${Number((100 * part).toPrecision(3))} %`;
}

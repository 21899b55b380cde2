import type { PlanPromise } from "@partitune/schema";
import { compareWithTarget } from "./compareWithTarget.ts";
import type { Evidence, Finding } from "./evidence.ts";
import { amountInWords, estimateInWords, targetInWords } from "./inWords.ts";

/**
 * Judges a throughput.
 *
 * A stable station completes what arrives, no more: its completions scatter around the offered rate and say nothing about how much more it
 * could do. So "at least x per second" is kept when x was offered and all of it was answered without a growing backlog; only a station that
 * cannot keep up is compared by its completions.
 */
export function judgeThroughput(promise: PlanPromise, evidence: Evidence): Finding {
  const { estimate, source, streams } = evidence;
  const promised = `promised ${targetInWords(promise)}`;
  if (estimate === null) return { verdict: "undecided", why: `nothing was ${source} of "${promise.subject}"` };
  const found = `${source} throughput ${estimateInWords(promise.metric, estimate)}, ${promised}`;
  if (streams.some((stream) => stream.saturated || stream.failed > 0)) {
    const broken = compareWithTarget(promise, estimate) === "broken";
    return { verdict: broken ? "broken" : "undecided", why: `${found}; it does not keep up with what arrives` };
  }
  if (promise.relation === "at-most") return { verdict: compareWithTarget(promise, estimate), why: found };
  const offered = offeredIn(evidence);
  const amount = amountInWords(promise.metric, offered.mean);
  return offered.most >= promise.target
    ? { verdict: "kept", why: `${source} throughput answers all of the ${amount} offered, ${promised}` }
    : { verdict: "undecided", why: `only ${amount} were offered when ${source}, ${promised}` };
}

/** Standard deviations that a count may lie below its mean before it is taken for another rate: 1 in 30,000. */
const scatter = 4;
/** A rate worked out from a recording may miss the promised one by rounding. */
const rounding = 1e-9;

/** The offered rate; where it is only known by counting, also the highest that such a count of Poisson arrivals may come from. */
function offeredIn({ streams, seconds, ratePerSecond }: Evidence): { readonly mean: number; readonly most: number } {
  if (ratePerSecond !== null) return { mean: ratePerSecond, most: ratePerSecond * (1 + rounding) };
  const count = streams.reduce((total, stream) => total + stream.requests + stream.failed, 0);
  return { mean: count / seconds, most: (count + scatter * Math.sqrt(count)) / seconds };
}

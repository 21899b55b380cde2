import type { Estimate, ModePromise, ModeStream, ModeTrace, Verdict } from "@partitune/schema";
import { exactly } from "@partitune/schema";
import { compareWithTarget } from "./compareWithTarget.ts";
import { amountInWords, estimateInWords, targetInWords } from "./inWords.ts";
import { edgeOf, type ModeEvidence, rateIn } from "./modeEvidence.ts";
import { overSeeds } from "./overSeeds.ts";

/** What was found out about one promise. */
export interface ModeFinding {
  /** Value by seed; null where it could not be told. */
  readonly perSeed: readonly (number | null)[];
  readonly estimate: Estimate | null;
  readonly verdict: Verdict;
  readonly why: string;
}

/** Times and powers are sums: what differs by less, relatively, is equal. */
const rounding = 1e-8;

const names = {
  worst_response_s: "worst latency",
  throughput_per_s: "throughput",
  peak_power_w: "peak power",
  mean_power_w: "mean power",
} as const satisfies Record<ModePromise["metric"], string>;

/**
 * Judges one promise of a mode plan.
 *
 * - Worst latency and peak power: kept when they held in every run, broken by a single one. Requests that were put off to a later window
 *   because more had come than the stated rate brings are not covered by the promise: if only those are late, it is undecided.
 * - Throughput and mean power: by the t interval of the mean over the seeds, or where nothing is random by the least and the largest value;
 *   what lies across the edges of a run counts in favour of the plan.
 */
export function judgeModePromise(promise: ModePromise, evidence: ModeEvidence): ModeFinding {
  switch (promise.metric) {
    case "worst_response_s":
      return judgeWorst(promise, evidence);
    case "peak_power_w":
      return judgePeak(promise, evidence);
    case "throughput_per_s":
      return judgeMean(promise, evidence, (trace) => rateIn(evidence, promise.subject, trace));
    case "mean_power_w":
      return judgeMean(promise, evidence, (trace) => trace.periods[evidence.period]!.meanWatts);
  }
}

function judgeWorst(promise: ModePromise, { source, period, runs }: ModeEvidence): ModeFinding {
  const streamOf = (trace: ModeTrace) =>
    trace.periods[period]!.inferences.find(({ workload }) => workload === promise.subject);
  const streams = runs.flat().flatMap((trace) => streamOf(trace) ?? []);
  const perSeed = runs.map((traces) => worstOf(traces.flatMap((trace) => streamOf(trace)?.worstSeconds ?? [])));
  const worst = worstOf(streams.flatMap(({ worstSeconds }) => worstSeconds ?? []));
  if (worst === null) return undecided(perSeed, `no request of "${promise.subject}" was ${source}`);
  const covered = worstOf(streams.flatMap(({ worstWithinRateSeconds }) => worstWithinRateSeconds ?? [])) ?? 0;
  const found = `${source} worst latency ${amountInWords(promise.metric, worst)} in ${counted(streams.length, "run")}`;
  const why = `${found}, promised ${targetInWords(promise)}${overflowInWords(promise, streams, covered)}`;
  const estimate = { value: worst, low: worst, high: null };
  if (holds(promise, worst)) return { perSeed, estimate, verdict: "kept", why };
  return { perSeed, estimate, verdict: holds(promise, covered) ? "undecided" : "broken", why };
}

/** Says how many windows brought more than the rate the promise holds for, and how late the others were. */
function overflowInWords({ metric }: ModePromise, streams: readonly ModeStream[], covered: number): string {
  const sum = (value: (stream: ModeStream) => number) => streams.reduce((total, stream) => total + value(stream), 0);
  const overflowed = sum((stream) => stream.overflowed);
  if (overflowed === 0) return "";
  const share = `${overflowed} of ${sum(({ windows }) => windows)} windows brought more requests than a minibatch holds`;
  return `; ${share}, which the promise does not cover: requests that were not put off by them took ${amountInWords(metric, covered)} at worst`;
}

function judgePeak(promise: ModePromise, { source, period, runs }: ModeEvidence): ModeFinding {
  const perSeed = runs.map((traces) => worstOf(traces.map((trace) => trace.periods[period]!.peakWatts)));
  const peak = worstOf(perSeed.flatMap((watts) => watts ?? []));
  if (peak === null || peak === 0) return undecided(perSeed, `nothing was ${source}`);
  const why = `${source} peak power ${amountInWords(promise.metric, peak)}, promised ${targetInWords(promise)}`;
  return { perSeed, estimate: exactly(peak), verdict: holds(promise, peak) ? "kept" : "broken", why };
}

function judgeMean(
  promise: ModePromise,
  evidence: ModeEvidence,
  valueIn: (trace: ModeTrace) => number | null,
): ModeFinding {
  const { source, steady, period } = evidence;
  const perSeed = steady.map(valueIn);
  const told = perSeed.filter((value) => value !== null);
  if (told.length < perSeed.length || told.length === 0) return undecided(perSeed, untold(promise, evidence));
  const estimate = estimateOf(told, evidence);
  const seconds = Math.min(...steady.map((trace) => trace.periods[period]!.seconds));
  const edge = seconds > 0 ? edgeOf(evidence, promise, seconds) : 0;
  const verdict = compareWithTarget(withRounding(promise), shifted(estimate, promise, edge));
  const found = `${source} ${names[promise.metric]} ${estimateInWords(promise.metric, estimate)}`;
  const edges =
    holds(promise, estimate.value) || verdict !== "kept"
      ? ""
      : `; minibatches at the edges of the run may make ${amountInWords(promise.metric, edge)}`;
  return { perSeed, estimate, verdict, why: `${found}, promised ${targetInWords(promise)}${edges}` };
}

function estimateOf(values: readonly number[], { isRandom, confidence }: ModeEvidence): Estimate {
  if (values.length === 1) return exactly(values[0]!);
  const estimate = overSeeds(values, confidence);
  return isRandom ? estimate : { value: estimate.value, low: Math.min(...values), high: Math.max(...values) };
}

/** An estimate moved by what the edges of a run may make, towards what was promised. */
function shifted({ value, low, high }: Estimate, { relation }: ModePromise, edge: number): Estimate {
  const by = relation === "at-most" ? -edge : edge;
  return { value: value + by, low: low! + by, high: high! + by };
}

function withRounding({ relation, target }: ModePromise): Pick<ModePromise, "relation" | "target"> {
  return { relation, target: target * (relation === "at-most" ? 1 + rounding : 1 - rounding) };
}

function holds(promise: ModePromise, value: number): boolean {
  return compareWithTarget(withRounding(promise), exactly(value)) === "kept";
}

function untold({ metric, subject }: ModePromise, { source, turns, period, steady }: ModeEvidence): string {
  if (steady.some((trace) => trace.periods[period]!.seconds === 0)) return "the period holds no whole window";
  if (metric === "mean_power_w" && turns.idleWatts === null)
    return "the device idles, and its idle power is not measured";
  return `nothing of "${subject}" was ${source}`;
}

function undecided(perSeed: readonly (number | null)[], why: string): ModeFinding {
  return { perSeed, estimate: null, verdict: "undecided", why };
}

function worstOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((worst, value) => Math.max(worst, value));
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

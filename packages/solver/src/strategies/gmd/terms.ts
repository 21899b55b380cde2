import { dispatchers } from "../../problems/dispatchers.ts";
import { roundingTolerance } from "../../problems/within.ts";
import type { Ledger } from "../ledger.ts";
import { peakBudgetOf } from "../pruning.ts";

/**
 * What a search needs of a problem to know, by a little arithmetic, what a candidate misses and costs at least: numbers instead of
 * functions, as this is what a search does most often of all. Arrays go by combination.
 */
interface StatedTerms {
  /** What is counted: the latency of the first workload; the time of a minibatch of the background, or of a request of it; power; or nothing that is quick to find. */
  readonly cost: "latency" | "rate" | "power" | "none";
  readonly peakWatts: number;
  /** Added to the time of the first workload's minibatch: changeovers. */
  readonly overheadSeconds: number;
  /** Before the first workload's minibatch is ready, and the latency promised; infinite without. */
  readonly firstWait: Float64Array;
  readonly firstLatency: number;
  /** Whether the first may have to wait for a minibatch of the others. */
  readonly isBlocked: boolean;
  readonly secondWait: Float64Array;
  readonly secondLatency: number;
  /** Load per second of a minibatch. */
  readonly firstLoads: Float64Array;
  readonly secondLoads: Float64Array;
  readonly highestLoad: number;
  /** Requests in a minibatch of the second workload where it is the background; 0 where training is. */
  readonly requests: Float64Array;
  /** Weight of whole minibatches per window beside what all idle time would give; 0 where only the latter counts. */
  readonly wholeWeight: number;
  /** Whether the background may run late by what the promise leaves. */
  readonly hasSlack: boolean;
}

/** With reciprocals of the limits, as products are quicker. */
export interface Terms extends StatedTerms {
  readonly perFirstLatency: number;
  readonly perSecondLatency: number;
  readonly perLoad: number;
}

/** Times of one candidate's minibatches, 0 where there is none or where it is not known yet, and its power over a peak budget less 1. */
export interface CandidateNumbers {
  training: number;
  first: number;
  second: number;
  powerExcess: number;
}

/** What a candidate misses at least, as a judge would find. */
export function leastMissOf(terms: Terms, combination: number, numbers: CandidateNumbers): number {
  const { training, second, powerExcess } = numbers;
  const first = numbers.first + terms.overheadSeconds;
  const blocking = terms.isBlocked ? Math.max(training, second) : 0;
  const firstUse = (terms.firstWait[combination]! + first + blocking) * terms.perFirstLatency;
  const secondUse = (terms.secondWait[combination]! + training + first + second) * terms.perSecondLatency;
  const load = (first * terms.firstLoads[combination]! + second * terms.secondLoads[combination]!) * terms.perLoad;
  return Math.max(0, powerExcess) + Math.max(0, Math.max(firstUse, secondUse) - 1) + Math.max(0, load - 1);
}

/** What a candidate costs at least, as {@link Prospects} count it if whole minibatches made no difference. */
export function boundOf(terms: Terms, combination: number, numbers: CandidateNumbers): number {
  switch (terms.cost) {
    case "none":
      return 0;
    case "power":
      return terms.peakWatts * (1 + numbers.powerExcess);
    case "latency":
      return terms.firstWait[combination]! + numbers.first + Math.max(numbers.second, numbers.training);
    case "rate": {
      const requests = terms.requests[combination]!;
      const load = numbers.first * terms.firstLoads[combination]!;
      const idle = 1 - load - (requests > 0 ? 0 : numbers.second * terms.secondLoads[combination]!);
      return idle <= 0
        ? Number.POSITIVE_INFINITY
        : (requests > 0 ? numbers.second / requests : numbers.training) / idle;
    }
  }
}

/** What a candidate costs at least, given its bound: more where windows hold whole minibatches only. */
export function leastCostOf(terms: Terms, combination: number, numbers: CandidateNumbers, bound: number): number {
  const { wholeWeight, firstLoads, requests } = terms;
  if (wholeWeight === 0 || !(bound > 0 && bound < Number.POSITIVE_INFINITY)) return bound;
  const background = requests[combination]! > 0 ? numbers.second : numbers.training;
  const window = 1 / firstLoads[combination]!;
  const first = numbers.first + terms.overheadSeconds;
  const most = Math.max(0, window - first) / background;
  const spare = terms.hasSlack ? Math.max(0, terms.firstLatency - terms.firstWait[combination]! - first) : 0;
  const whole = Math.floor(most + roundingTolerance);
  const isMore = Math.floor(most + spare / background + roundingTolerance) > whole;
  const rate = ((isMore ? Math.max(most, whole) : whole) * (requests[combination]! || 1)) / window;
  return 1 / (wholeWeight * rate + (1 - wholeWeight) / bound);
}

/**
 * Weight of the rate itself beside what all idle time would give: rates of whole minibatches per window have plateaus without a slope,
 * fewer where slack carries minibatches over.
 */
export const rateWeights = { reserve: 0.5, slack: 0.8, greedy: 1 } as const;

/** Reads from a problem what its candidates miss and cost at least. */
export function termsOf(ledger: Ledger): Terms {
  const stated = statedTerms(ledger);
  return {
    ...stated,
    perFirstLatency: 1 / stated.firstLatency,
    perSecondLatency: 1 / stated.secondLatency,
    perLoad: 1 / stated.highestLoad,
  };
}

function statedTerms({ problem, combinations }: Ledger): StatedTerms {
  const zeros = new Float64Array(combinations.length);
  const each = (of: (batches: readonly number[]) => number) => Float64Array.from(combinations, of);
  const peakWatts = peakBudgetOf(problem) ?? Number.POSITIVE_INFINITY;
  const byPower = peakWatts < Number.POSITIVE_INFINITY ? "power" : "none";
  const nothing: StatedTerms = {
    cost: "none",
    peakWatts,
    overheadSeconds: 0,
    firstWait: zeros,
    firstLatency: Number.POSITIVE_INFINITY,
    isBlocked: false,
    secondWait: zeros,
    secondLatency: Number.POSITIVE_INFINITY,
    firstLoads: zeros,
    secondLoads: zeros,
    highestLoad: 1,
    requests: zeros,
    wholeWeight: 0,
    hasSlack: false,
  };
  switch (problem.kind) {
    case "training": {
      const { objective, minibatchSeconds = Number.POSITIVE_INFINITY } = problem;
      const cost = ({ time: "latency", power: byPower, energy: "none" } as const)[objective];
      return { ...nothing, cost, firstLatency: minibatchSeconds, isBlocked: true };
    }
    case "inference": {
      const { inference, objective, dispatchers: names, highestLoad = 1 } = problem;
      const { ratePerSecond, latencySeconds = Number.POSITIVE_INFINITY } = inference;
      if (ratePerSecond === 0) return nothing;
      return {
        ...nothing,
        cost: ({ latency: "latency", power: byPower, energy: "none" } as const)[objective],
        firstWait: each(([batch]) => Math.min(...names.map((name) => dispatchers[name](batch!, ratePerSecond)))),
        firstLatency: latencySeconds,
        firstLoads: each(([batch]) => ratePerSecond / batch!),
        highestLoad,
      };
    }
    case "concurrent":
    case "backlogged": {
      const { inference, dispatcher, policy, highestLoad = 1, changeoverSeconds = 0 } = problem;
      const { ratePerSecond, latencySeconds } = inference;
      if (ratePerSecond === 0) return nothing;
      return {
        ...nothing,
        cost: "rate",
        overheadSeconds: 2 * changeoverSeconds,
        firstWait: each(([batch]) => dispatchers[dispatcher](batch!, ratePerSecond)),
        firstLatency: latencySeconds,
        firstLoads: each(([batch]) => ratePerSecond / batch!),
        highestLoad,
        requests: problem.kind === "backlogged" ? each((batches) => batches[1]!) : zeros,
        wholeWeight: policy === "greedy" ? 0 : rateWeights[policy],
        hasSlack: policy === "slack",
      };
    }
    case "two-inferences": {
      const { urgent, nonUrgent, objective } = problem;
      const costs = { latency: "latency", power: byPower, training: "rate" } as const;
      return {
        ...nothing,
        cost: costs[objective],
        firstWait: each(([batch]) => batch! / urgent.ratePerSecond),
        firstLatency: urgent.latencySeconds,
        isBlocked: true,
        secondWait: each(([, batch]) => batch! / nonUrgent.ratePerSecond),
        secondLatency: nonUrgent.latencySeconds,
        firstLoads: each(([batch]) => urgent.ratePerSecond / batch!),
        secondLoads: each(([, batch]) => nonUrgent.ratePerSecond / batch!),
      };
    }
    default:
      return nothing;
  }
}

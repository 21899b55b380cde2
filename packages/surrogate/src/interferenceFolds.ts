import type { Fold } from "./folds.ts";
import type { InterferenceSample } from "./interferenceSample.ts";

/** A fold, and the workloads that meet in what it holds out. */
export interface PairFold extends Fold {
  readonly workloads: readonly string[];
}

/** How samples are held out. */
export interface InterferenceFolds {
  readonly folds: readonly PairFold[];
  /** In words, as in "leaving one pair of workloads out". */
  readonly words: string;
  /** Different unordered pairs of workloads that met. */
  readonly pairs: number;
  /** True when whole pairs are held out, so that errors are those on pairs never seen. */
  readonly unseenPairs: boolean;
}

/** With fewer, too little is left to learn from, and too few errors are independent. */
const leastPairs = 4;
/** More folds cost time and tell no more. */
const mostFolds = 60;

/**
 * Holds out whole pairs of workloads: all samples in which the same workloads meet, while nothing is learnt from any sample in which two
 * of them meet. Where fewer than four sets of workloads have been measured, single samples are held out instead; that tells how well
 * known pairs are predicted, not unknown ones.
 */
export function interferenceFolds(samples: readonly InterferenceSample[]): InterferenceFolds {
  const sets = samples.map(workloadsOf);
  const pairsOf = sets.map(pairKeys);
  const pairs = new Set(pairsOf.flat()).size;
  const groups = [...Map.groupBy(samples.keys(), (i) => JSON.stringify(sets[i])).values()];
  if (groups.length >= leastPairs) {
    const folds = groups.map((test) => {
      const held = new Set(pairsOf[test[0]]);
      const train = [...samples.keys()].filter((i) => !pairsOf[i].some((pair) => held.has(pair)));
      return { test, train, workloads: sets[test[0]] };
    });
    if (folds.every(({ train }) => train.length >= leastPairs))
      return { folds, words: "leaving one pair of workloads out", pairs, unseenPairs: true };
  }
  const parts = Math.min(samples.length, mostFolds);
  const folds = Array.from({ length: parts }, (_, part) => {
    const test = [...samples.keys()].filter((i) => i % parts === part);
    const train = [...samples.keys()].filter((i) => i % parts !== part);
    return { test, train, workloads: sets[test[0]] };
  });
  const left = parts === samples.length ? "one sample" : `one of ${parts} parts of the samples`;
  return {
    folds,
    words: `leaving ${left} out: ${pairs === 1 ? "1 pair is" : `${pairs} pairs are`} too few to hold out whole ones`,
    pairs,
    unseenPairs: false,
  };
}

/** Distinct workloads that meet; one alone beside itself counts as met. */
function workloadsOf({ subject, neighbours }: InterferenceSample): string[] {
  const names = [subject, ...neighbours].map(({ workload }) => workload).sort();
  return names.every((name) => name === names[0]) ? [names[0]] : [...new Set(names)];
}

function pairKeys(workloads: readonly string[]): string[] {
  if (workloads.length === 1) return [JSON.stringify([workloads[0], workloads[0]])];
  return workloads.flatMap((a, i) => workloads.slice(i + 1).map((b) => JSON.stringify([a, b])));
}

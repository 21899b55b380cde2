import { excessSum, holds } from "../problems/judgeOf.ts";
import type { JudgedCandidate } from "./ledger.ts";

/** The candidates measured in full, and the first among them. */
export interface Ranking {
  /** In the order measured. */
  readonly judged: readonly JudgedCandidate[];
  /** The best candidate that keeps every limit, everything running; of equals the one of less power. */
  best(): JudgedCandidate | null;
  /** The candidate that breaks the limits least; of equals the better one. */
  nearest(): JudgedCandidate | null;
  /** Whether inference held in any of them, with or without what runs beside it. */
  hasServed(): boolean;
  add(candidate: JudgedCandidate): void;
}

export function openRanking(): Ranking {
  const judged: JudgedCandidate[] = [];
  let best: JudgedCandidate | null = null;
  let nearest: JudgedCandidate | null = null;
  let hasServed = false;
  return {
    judged,
    best: () => best,
    nearest: () => nearest,
    hasServed: () => hasServed,
    add: (candidate) => {
      judged.push(candidate);
      hasServed ||= candidate.serves;
      if (holds(candidate.judgement) && (best === null || isBetter(candidate, best))) best = candidate;
      if (nearest === null || isNearer(candidate, nearest)) nearest = candidate;
    },
  };
}

function isBetter(a: JudgedCandidate, b: JudgedCandidate): boolean {
  if (a.judgement.value !== b.judgement.value) return a.judgement.value < b.judgement.value;
  return a.judgement.excess.power < b.judgement.excess.power;
}

function isNearer(a: JudgedCandidate, b: JudgedCandidate): boolean {
  const difference = excessSum(a.judgement) - excessSum(b.judgement);
  return difference === 0 ? a.judgement.value < b.judgement.value : difference < 0;
}

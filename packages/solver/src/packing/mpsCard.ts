import { type Bytes, InputError } from "@partitune/schema";
import type { Card, PlacedPiece } from "./card.ts";

/** A GPU whose processes are limited to shares of its multiprocessors (MPS active thread percentages). */
export interface MpsCard {
  readonly name: string;
  /** Shares that may be given, percents in steps of a half; 100 is added when missing. */
  readonly percents: readonly number[];
  /** Shares on one card at the same time, by default as many as fit. */
  readonly mostPieces?: number;
  /** Memory that all shares take from, bytes. */
  readonly memoryBytes: Bytes | null;
}

/** Listing more combinations than this is left to {@link Card.bestPattern}. */
const mostPatterns = 700;

/**
 * The card that shares of the multiprocessors describe: any shares that sum to at most 100 %. Shares have no position, so all start at 0.
 *
 * @throws InputError when a percent is no multiple of a half from 0.5 to 100
 * @see NVIDIA Multi-Process Service documentation, CUDA_MPS_ACTIVE_THREAD_PERCENTAGE
 */
export function mpsCard({ name, percents, mostPieces = 100, memoryBytes }: MpsCard): Card {
  const bad = percents.find((percent) => !Number.isInteger(2 * percent) || percent <= 0 || percent > 100);
  if (bad !== undefined) {
    throw new InputError({
      what: `share ${bad} % of card "${name}"`,
      problem: "is no share",
      advice: "give multiples of a half percent, from 0.5 to 100",
    });
  }
  const sizes = [...new Set([...percents, 100])].sort((a, b) => a - b);
  const percentOf = new Map(sizes.map((percent) => [shareName(percent), percent]));
  const starts = (placed: readonly PlacedPiece[], piece: string) => {
    const used = placed.reduce((sum, other) => sum + percentOf.get(other.piece)!, 0);
    return placed.length < mostPieces && used + percentOf.get(piece)! <= 100 ? [0] : [];
  };
  return {
    name,
    compute: 100,
    memoryBytes,
    pieces: sizes.map((percent) => ({ name: shareName(percent), compute: percent, memoryBytes: null })),
    starts,
    patterns: maximalShares(sizes, mostPieces),
    bestPattern: (prices) => bestShares(sizes, prices, mostPieces),
  };
}

/** The name of a share: "20%". */
export function shareName(percent: number): string {
  return `${percent}%`;
}

/** Every multiset of shares to which none can be added; null when they are more than {@link mostPatterns}. */
function maximalShares(sizes: readonly number[], mostPieces: number): readonly (readonly number[])[] | null {
  const found: number[][] = [];
  const visit = (index: number, left: number, pieces: number, counts: readonly number[]): boolean => {
    if (index < 0) {
      if (left < sizes[0]! || pieces === 0) found.push([...counts]);
      return found.length <= mostPatterns;
    }
    for (let count = Math.min(pieces, Math.floor(left / sizes[index]!)); count >= 0; count -= 1) {
      if (!visit(index - 1, left - count * sizes[index]!, pieces - count, [count, ...counts])) return false;
    }
    return true;
  };
  return visit(sizes.length - 1, 100, mostPieces, []) ? found : null;
}

/** Knapsack of 200 half percents, one piece more in each round. */
function bestShares(percents: readonly number[], prices: readonly number[], mostPieces: number): readonly number[] {
  const sizes = percents.map((percent) => 2 * percent);
  const picks: Int16Array[] = [];
  let values = new Float64Array(201);
  for (let round = Math.min(mostPieces, Math.floor(200 / sizes[0]!)); round > 0; round -= 1) {
    const next = values.slice();
    const pick = new Int16Array(201).fill(-1);
    for (const [index, size] of sizes.entries()) {
      for (let room = size; room <= 200; room += 1) {
        const value = values[room - size]! + prices[index]!;
        if (value <= next[room]!) continue;
        next[room] = value;
        pick[room] = index;
      }
    }
    picks.push(pick);
    values = next;
  }
  const counts = sizes.map(() => 0);
  let room = 200;
  for (const pick of picks.toReversed()) {
    const index = pick[room]!;
    if (index < 0) continue;
    counts[index]! += 1;
    room -= sizes[index]!;
  }
  return counts;
}

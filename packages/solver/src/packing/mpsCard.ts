import { type Bytes, InputError } from "@partitune/schema";
import type { Card } from "./card.ts";
import { unitCard } from "./unitCard.ts";

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

/**
 * The card that shares of the multiprocessors describe: any shares that sum to at most 100 %. Its units are half percents.
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
  const pieces = [...new Set([...percents, 100])].map((percent) => ({ name: shareName(percent), units: 2 * percent }));
  return unitCard({ name, units: 200, pieces, mostPieces, memoryBytes });
}

/** The name of a share: "20%". */
export function shareName(percent: number): string {
  return `${percent}%`;
}

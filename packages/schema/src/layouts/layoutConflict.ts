/** What can be wrong with a set of partitions on one device. */
export type LayoutConflictCode =
  /** The device cannot be cut in this way. */
  | "not-offered"
  /** Ways of cutting that exclude each other, such as MIG instances and MPS shares. */
  | "mixed-schemes"
  /** A whole device beside pieces of it. */
  | "whole-beside-piece"
  /** A share or a number of multiprocessors that the hardware cannot set. */
  | "off-grid"
  /** Shares, multiprocessors or chunks that add up to more than there is. */
  | "too-much"
  /** A core that does not exist. */
  | "no-such-core"
  /** A core or a memory slice that two pieces claim. */
  | "overlap"
  /** More instances of a profile, or more clients, than there may be. */
  | "too-many"
  /** A MIG profile that the card has not. */
  | "unknown-profile"
  /** A memory slice at which the profile may not begin. */
  | "start-not-allowed"
  /** No start is left for an instance, wherever the others are moved that may be moved. */
  | "no-room";

/** One reason why a layout is not legal. */
export interface LayoutConflict {
  readonly code: LayoutConflictCode;
  /** Positions of the partitions at fault in the list that was checked. */
  readonly pieces: readonly number[];
  /** Memory slices (or cores) that are claimed twice or missing; empty where that is not the matter. */
  readonly slices: readonly number[];
  /** The same in words: what does not fit, why, and what would. */
  readonly text: string;
}

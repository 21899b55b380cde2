import type { Random } from "@partitune/numerics";

/** One number to choose. */
export interface Variable {
  readonly low: number;
  /** At least `low`. */
  readonly high: number;
  /** `integer`: whole numbers only, both ends included. */
  readonly kind: "real" | "integer";
}

/** What is optimised, of which nothing is known but what is told. */
export interface OptimiserInput {
  /** d numbers to choose, at least one. */
  readonly variables: readonly Variable[];
  /** m, how many objectives there are; every one is minimised. */
  readonly objectives: number;
  /** The only source of chance. */
  readonly random: Random;
}

/** What came of a point. */
export interface Evaluation {
  /** d values. */
  readonly point: readonly number[];
  /** m values; one that is not a finite number makes the point invalid, not good. */
  readonly objectives: readonly number[];
  /** Kept where at most 0; the same number of constraints for every point. None when left out. */
  readonly constraints?: readonly number[];
}

/**
 * A search that asks for points and is told what came of them.
 *
 * Points of one question may be evaluated side by side. No point is asked for twice.
 */
export interface Optimiser {
  readonly name: string;
  /** Points to evaluate next; the same ones until they are told. Empty when no new point is left. */
  ask(): readonly (readonly number[])[];
  /**
   * Takes evaluations: the points asked for, all at once, and others where there are any.
   *
   * @throws RangeError when a point, its objectives or its constraints have another length than before, a point is not finite, or an asked one is missing
   */
  tell(evaluations: readonly Evaluation[]): void;
  /** The best of all points told; see `bestOf`. */
  best(): readonly Evaluation[];
}

/** Starts a search. @throws RangeError when there is no variable or objective, or a range is empty */
export type StartOptimiser = (input: OptimiserInput) => Optimiser;

import type { Reason } from "@partitune/schema";

/** The best choice, proved: all were looked at. */
export interface BestChoice<Choice> {
  readonly status: "optimal";
  readonly choice: Choice;
  /** What it reaches, in the objective's unit. */
  readonly value: number;
  /** What it had to give up, such as training that starves beside inference; empty otherwise. */
  readonly reasons: readonly Reason[];
}

/** No choice keeps every budget and promise. */
export interface NoChoice<Choice> {
  readonly status: "infeasible";
  /** The choice that misses least, as the sum of relative excesses; null when there is none at all. */
  readonly nearest: Choice | null;
  /** The budgets and promises that the nearest choice breaks, and by how much. */
  readonly reasons: readonly Reason[];
}

/** Nothing is asked for, so every mode will do. */
export interface NothingToRun {
  readonly status: "idle";
}

/** The answer to a power-mode problem: always exact, so there is no bound to report beside the value. */
export type Answer<Choice> = BestChoice<Choice> | NoChoice<Choice>;

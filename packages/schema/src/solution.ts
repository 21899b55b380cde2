import type { Plan } from "./plan.ts";

/** Why there is no plan: the workload or budget that binds, and how much is missing. */
export interface Reason {
  /** The workload at fault, or null when a budget binds over all of them. */
  readonly workload: string | null;
  /** What binds, e.g. "deadline", "rate", "share", "memory". */
  readonly constraint: string;
  /** How much is missing, relative to the limit: 0.2 means the nearest choice is 20 % over. */
  readonly missing: number;
  /** The same in words, with numbers and units, and what would help. */
  readonly text: string;
}

interface Found<Status> {
  readonly status: Status;
  readonly plan: Plan;
  /** What the plan costs, in the objective's unit. */
  readonly value: number;
  /** No plan costs less; null when no bound is known. */
  readonly bound: number | null;
  /** (value − bound)/|value|; 0 when optimal. */
  readonly gap: number | null;
}

interface NotFound<Status> {
  readonly status: Status;
  readonly reasons: readonly Reason[];
}

/**
 * The answer of a method. Optimal and feasible carry a plan with its bound; infeasible (none exists) and unknown (none was found)
 * carry reasons. One member per status, so that a check of the status tells which.
 */
export type Solution = Found<"optimal"> | Found<"feasible"> | NotFound<"infeasible"> | NotFound<"unknown">;

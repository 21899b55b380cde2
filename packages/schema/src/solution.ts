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

/** The answer of a method. Optimal and feasible carry a plan with its bound; infeasible and unknown carry reasons. */
export type Solution =
  | {
      readonly status: "optimal" | "feasible";
      readonly plan: Plan;
      readonly value: number;
      readonly bound: number | null;
      readonly gap: number | null;
    }
  | { readonly status: "infeasible" | "unknown"; readonly reasons: readonly Reason[] };

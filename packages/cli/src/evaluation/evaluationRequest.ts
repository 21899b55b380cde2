import type { Fraction, ModeProblemGrid } from "@partitune/schema";
import type { StrategyName } from "@partitune/solver";
import type { LearnerName } from "../learners.ts";

/** What answers the measurements of an evaluation. */
export type EvaluationSource =
  | { readonly kind: "profile"; readonly path: string }
  | { readonly kind: "board"; readonly device: string };

/** Everything an evaluation depends on: the same request gives the same results. */
export interface EvaluationRequest {
  readonly source: EvaluationSource;
  readonly grid: ModeProblemGrid;
  readonly strategies: readonly StrategyName[];
  /** Modes a search may measure; every strategy is run with each. */
  readonly probes: readonly number[];
  /** Times every problem is searched, on fresh noise where the source is a formula. */
  readonly seeds: number;
  /** What strategies without a model of their own learn with, and which workloads it may start from. */
  readonly learner: LearnerName;
  readonly reference: readonly string[];
  /** Part of each budget left free when choosing; null: the best choice that is likely enough to hold is taken. */
  readonly margin: Fraction | null;
  /** Problems drawn of each kind; null: all. */
  readonly sample: number | null;
  readonly seed: string;
}

import type { Problem, Solution } from "@partitune/schema";

/** When a method gives up. */
export interface MethodOptions {
  /** Nodes the enumeration may visit, by default 20 million, about a second. */
  readonly nodeLimit?: number;
  /** Time the mixed-integer solver may take over all settings, by default 60 s. */
  readonly timeLimitSeconds?: number;
}

/** Finds the cheapest selection of a problem, as far as it can. */
export type Method = (problem: Problem, options?: MethodOptions) => Promise<Solution>;

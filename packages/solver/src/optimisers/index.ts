import { bayesian } from "./bayesian.ts";
import { nsga2 } from "./nsga2.ts";
import type { StartOptimiser } from "./optimiser.ts";
import { randomSearch } from "./randomSearch.ts";
import { treeParzen } from "./treeParzen.ts";

/** Optimisers of anything that can be evaluated, by name. */
export const optimisers = {
  bayesian,
  nsga2,
  "tree-parzen": treeParzen,
  random: randomSearch,
} as const satisfies Record<string, StartOptimiser>;

export type OptimiserName = keyof typeof optimisers;

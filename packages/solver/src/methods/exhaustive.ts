import type { Problem, Solution } from "@partitune/schema";
import { branchAndBound } from "../branchAndBound.ts";
import { concludeSearch } from "../concludeSearch.ts";
import { toSearchSpace } from "../searchSpace.ts";
import type { Selection } from "../selection.ts";
import type { MethodOptions } from "./method.ts";

const defaultNodeLimit = 20_000_000;

/**
 * Finds the cheapest selection by enumeration with pruning, needing no solver.
 *
 * Exact unless the node limit ends it: then the best found comes with the bound proved so far, or the answer is unknown. Of several
 * cheapest selections it returns the same one every time: inside a workload the quickest response, then the smallest batch, decide
 * among equals; between settings the first of the problem.
 */
export function exhaustive(problem: Problem, options: MethodOptions = {}): Solution {
  const limit = options.nodeLimit ?? defaultNodeLimit;
  let best: Selection | null = null;
  let [value, open, complete] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, true];
  for (const setting of problem.settings) {
    const space = toSearchSpace(setting);
    const cutoff = value - setting.cost;
    const result = branchAndBound(space, { nodeLimit: limit / problem.settings.length, cutoff, elastic: false });
    if (!result.complete) [complete, open] = [false, Math.min(open, setting.cost + result.bound)];
    if (result.picks === null) continue;
    best = { setting, choices: result.picks.map((row, group) => space.choices[group]![row]!) };
    value = setting.cost + result.value;
  }
  return concludeSearch(problem, {
    method: "exhaustive",
    best,
    bound: Math.min(value, open),
    complete,
    limit: `no plan was found within ${limit} nodes, and none is ruled out; raise the node limit or use "milp"`,
  });
}

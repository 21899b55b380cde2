import { InputError, type Made, type ParetoFront, type Problem } from "@partitune/schema";
import { frontOf } from "./frontOf.ts";
import { type ObjectiveName, objectives } from "./objectives.ts";
import { paretoSelections } from "./paretoSelections.ts";

/**
 * The exact Pareto front of whole plans over objectives that add up over workloads.
 *
 * A point's id names the configurations it takes; {@link paretoSelections} gives them as data, in the same order.
 *
 * @param names  two or three different objectives
 * @throws InputError as {@link paretoSelections}, or when fewer than two objectives are named
 */
export function planFront(problem: Problem, names: readonly ObjectiveName[], made: Made): ParetoFront {
  if (names.length < 2 || new Set(names).size < names.length) {
    const asked = names.join(", ");
    throw new InputError({
      what: `front over "${asked}"`,
      problem: "is not over two different objectives",
      advice: "name two or three",
    });
  }
  return frontOf({
    objectives: names.map((name) => ({ name: objectives[name].value, better: "lower" })),
    alternatives: paretoSelections(problem, names).map(({ choices, totals }) => ({
      id: choices.map((choice) => choice.id).join(" | "),
      values: totals,
      violations: [],
    })),
    made,
    synthetic: problem.synthetic,
  });
}

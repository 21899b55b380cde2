import { paretoFront as nonDominated } from "@partitune/numerics";
import type { Made, ModeChoice, ParetoFront } from "@partitune/schema";
import type { SingleProblem } from "./budgetUse.ts";
import { modeObjective } from "./modeObjective.ts";
import { observedChoices } from "./observedChoices.ts";
import type { ProblemTables } from "./problems/answerProblem.ts";
import { toModeChoice } from "./toModeChoice.ts";

/**
 * The measured choices that no other beats in value and power, from the least power up: what each further watt buys. They keep latency
 * and load; the power budget does not count, so that the front also shows what a larger one would give.
 */
export function observedFront(problem: SingleProblem, tables: ProblemTables): readonly ModeChoice[] {
  const choices = observedChoices(problem, tables).map((choice) => toModeChoice(problem, choice));
  const sign = modeObjective(problem).better === "lower" ? 1 : -1;
  const onFront = nonDominated(choices.map(({ value, watts }) => [sign * value, watts])).map((i) => choices[i]!);
  const seen = new Set<string>();
  return onFront
    .toSorted((a, b) => a.watts - b.watts)
    .filter(({ value, watts }) => !seen.has(`${value} ${watts}`) && seen.add(`${value} ${watts}`));
}

/** A front of choices as a file of its own. */
export function toParetoFront(
  problem: SingleProblem,
  front: readonly ModeChoice[],
  { made, synthetic }: { readonly made: Made; readonly synthetic: boolean },
): ParetoFront {
  const { name, unit, better } = modeObjective(problem);
  return {
    kind: "pareto-front",
    version: 1,
    made,
    objectives: [
      { name: `${name} (${unit})`, better },
      { name: "power (W)", better: "lower" },
    ],
    points: front.map(({ powerMode, batches, value, watts }) => ({
      id: [powerMode, ...Object.entries(batches).map(([workload, batch]) => `${workload} batch ${batch}`)].join(", "),
      values: [value, watts],
      onFront: true,
      violations: [],
    })),
    reference: null,
    hypervolume: null,
    synthetic,
  };
}

import { type Choice, type Demand, InputError, type Problem } from "@partitune/schema";
import { rules } from "./rules/index.ts";
import type { Rule } from "./rules/rule.ts";
import { sustainableRate } from "./sustainableRate.ts";
import { toStation } from "./toStation.ts";

/** Only the choices that sustain most are examined: each takes a dozen evaluations of the rule. */
const mostExamined = 4;

/**
 * The highest rate at which one of these choices would meet the demand, under the problem's rule and margins.
 *
 * @returns requests per second, 0 when none does at any rate
 * @throws InputError when the problem names a rule that does not exist
 */
export function highestRate(problem: Problem, demand: Demand, choices: readonly Choice[]): number {
  const rule = ruleOf(problem);
  const others = choices.filter((choice) => choice.violations.every(({ constraint }) => isAboutTime(constraint)));
  const strongest = [...others]
    .sort((a, b) => b.expected.capacityPerSecond - a.expected.capacityPerSecond)
    .slice(0, mostExamined);
  const quickest = [...others]
    .sort((a, b) => a.expected.serviceSeconds.value - b.expected.serviceSeconds.value)
    .slice(0, mostExamined);
  return [...new Set([...strongest, ...quickest])].reduce(
    (most, choice) => Math.max(most, sustainableRate(rule, toStation(choice.service, choice.margin), demand)),
    0,
  );
}

/** True for the violations that another deadline or rate would lift. */
export function isAboutTime(constraint: string): boolean {
  return constraint === "deadline" || constraint === "rate";
}

function ruleOf(problem: Problem): Rule {
  const rule = (rules as Readonly<Record<string, Rule>>)[problem.rule];
  if (rule === undefined) {
    const known = Object.keys(rules).join(", ");
    throw new InputError({ what: `rule "${problem.rule}"`, problem: "does not exist", advice: `known are ${known}` });
  }
  return rule;
}

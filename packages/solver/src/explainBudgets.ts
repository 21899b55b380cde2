import type { Choice, Problem, Reason, Setting } from "@partitune/schema";
import { adviseOnTime } from "./explainDemand.ts";
import { formatBudget, formatPercent } from "./formatQuantity.ts";
import { leastViolating } from "./leastViolating.ts";
import { budgetTolerance } from "./searchSpace.ts";

/** Users named in a message. */
const mostNamed = 3;

/**
 * Which budgets no selection of admissible choices keeps: the least that all workloads can take together, against what there is.
 *
 * When every budget alone can be kept, but not all at once, says so with the least-violating selection.
 *
 * @returns reasons, the worst first; empty when a selection keeps all budgets
 */
export function explainBudgets(problem: Problem, setting: Setting): readonly Reason[] {
  const reasons = Object.keys(setting.budgets)
    .sort()
    .map((budget) => explainBudget(problem, setting, budget))
    .filter((reason) => reason !== null)
    .sort((a, b) => b.missing - a.missing);
  return reasons.length > 0 ? reasons : explainTogether(problem, setting);
}

interface LeastUse {
  readonly workload: string;
  readonly choices: readonly Choice[];
  readonly use: number;
}

function explainBudget(problem: Problem, setting: Setting, budget: string): Reason | null {
  const available = setting.budgets[budget]!;
  const least = setting.groups
    .map(({ workload, choices }) => ({ workload, choices, use: leastUse(choices, budget) }))
    .sort((a, b) => b.use - a.use || (a.workload < b.workload ? -1 : 1));
  const total = least.reduce((sum, { use }) => sum + use, 0);
  if (total <= available * (1 + budgetTolerance)) return null;
  const missing = available > 0 ? total / available - 1 : 1;
  const users = least
    .slice(0, mostNamed)
    .map(({ workload, use }) => `"${workload}" at least ${formatBudget(budget, use)}`)
    .join(", ");
  return {
    workload: null,
    constraint: budget,
    missing,
    text: `all workloads together take at least ${formatBudget(budget, total)} of the ${budget}, there is ${formatBudget(
      budget,
      available,
    )} (${formatPercent(missing)} over): ${users}${advise(problem, budget, least, total - available)}`,
  };
}

function leastUse(choices: readonly Choice[], budget: string): number {
  return choices
    .filter((choice) => choice.violations.length === 0)
    .reduce((least, choice) => Math.min(least, choice.uses[budget] ?? 0), Number.POSITIVE_INFINITY);
}

/** The first workload, the largest user first, that could save enough if its deadline or rate were eased. */
function advise(problem: Problem, budget: string, users: readonly LeastUse[], excess: number): string {
  for (const { workload, choices, use } of users) {
    const demand = problem.demands.find((each) => each.workload === workload);
    const enough = choices.filter((choice) => (choice.uses[budget] ?? 0) <= use - excess * (1 - budgetTolerance));
    const text = demand === undefined || enough.length === 0 ? "" : adviseOnTime(problem, demand, enough);
    if (text !== "") return `; for "${workload}" ${text.replace(/^; /, "")}`;
  }
  return "; give the device less to do";
}

function explainTogether(problem: Problem, setting: Setting): readonly Reason[] {
  const admissible = { ...setting, groups: setting.groups.map(onlyAdmissible) };
  const nearest = leastViolating({ ...problem, settings: [admissible] });
  if (nearest === null || nearest.excess <= budgetTolerance) return [];
  const over = nearest.overBudget;
  const text = over
    .map(
      ({ budget, used, available }) => `${formatBudget(budget, used)} of ${formatBudget(budget, available)} ${budget}`,
    )
    .join(" and ");
  return [
    {
      workload: null,
      constraint: over.map(({ budget }) => budget).join(" + "),
      missing: nearest.excess,
      text: `each budget alone can be kept, but not all at once: the nearest selection takes ${text}; ease a deadline or a rate, or drop a workload`,
    },
  ];
}

function onlyAdmissible(group: Setting["groups"][number]): Setting["groups"][number] {
  return { ...group, choices: group.choices.filter((choice) => choice.violations.length === 0) };
}

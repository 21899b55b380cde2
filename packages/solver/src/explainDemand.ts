import { type Choice, type Demand, formatPartition, type Problem, type Reason, type Setting } from "@partitune/schema";
import { formatPercent, formatRate, formatSeconds } from "./formatQuantity.ts";
import { highestRate, isAboutTime } from "./highestRate.ts";
import { nearestChoice } from "./nearestChoice.ts";

/** Why a workload has no admissible choice in a setting: what its nearest choice misses, and what would help. */
export function explainDemand(
  problem: Problem,
  setting: Setting,
  { workload, choices }: Setting["groups"][number],
): Reason {
  const demand = problem.demands.find((each) => each.workload === workload);
  const nearest = nearestChoice(choices);
  if (demand === undefined || nearest === undefined) {
    const text = `"${workload}" has no candidate in power mode "${setting.powerMode}"; profile it there`;
    return { workload, constraint: "candidates", missing: 1, text };
  }
  const worst = nearest.violations.reduce((most, violation) => (violation.amount > most.amount ? violation : most));
  return {
    workload,
    constraint: worst.constraint,
    missing: worst.amount,
    text: `"${workload}" has no admissible choice: the nearest, ${nameChoice(nearest)}, fails: ${nearest.violations
      .map((violation) => violation.text)
      .join(", and ")}${adviseOnTime(problem, demand, choices)}`,
  };
}

/** A choice as users know it: partition and largest batch. */
export function nameChoice({ config }: Choice): string {
  return `${formatPartition(config.partition)} with batches of ${config.batch}`;
}

/** Which deadline or rate would admit one of the choices, re-evaluated under the problem's rule; empty when neither helps. */
export function adviseOnTime(problem: Problem, demand: Demand, choices: readonly Choice[]): string {
  const timely = choices.filter((choice) => choice.violations.every(({ constraint }) => isAboutTime(constraint)));
  const quickest = quickestChoice(timely);
  const rate = highestRate(problem, demand, timely);
  const advice = [
    ...(quickest === undefined
      ? []
      : [
          `raise its deadline to ${formatSeconds(quickest.values.response_s! * roundingUp)} (${nameChoice(quickest)}; ${formatPercent(
            quickest.values.response_s! / demand.deadlineSeconds - 1,
          )} more)`,
        ]),
    ...(rate > 0 && rate < demand.ratePerSecond ? [`lower its rate to ${formatRate(rate * roundingDown)}`] : []),
  ];
  return advice.length === 0 ? "" : `; ${advice.join(", or ")}`;
}

/** Three digits must not round to the wrong side of the limit. */
const [roundingUp, roundingDown] = [1.005, 0.995];

function quickestChoice(choices: readonly Choice[]): Choice | undefined {
  const response = (choice: Choice) => choice.values.response_s ?? Number.POSITIVE_INFINITY;
  return [...choices]
    .filter((choice) => Number.isFinite(response(choice)))
    .sort((a, b) => response(a) - response(b) || (a.id < b.id ? -1 : 1))[0];
}

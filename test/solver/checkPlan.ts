import type { Plan, Problem } from "@partitune/schema";

/**
 * Judges a plan against the problem it answers, knowing nothing of how it was found.
 *
 * @returns what is wrong, in words; empty for a plan that holds
 */
export function checkPlan(problem: Problem, plan: Plan): string[] {
  const faults: string[] = [];
  const names = plan.placements.map((placement) => placement.config.workload).sort();
  const wanted = problem.demands.map((demand) => demand.workload).sort();
  if (names.join() !== wanted.join()) faults.push(`places ${names.join()} instead of ${wanted.join()}`);
  if (plan.powerMode !== problem.settings.find((setting) => setting.powerMode === plan.powerMode)?.powerMode)
    faults.push(`power mode ${plan.powerMode} is no setting`);
  const verdicts = problem.settings
    .filter((setting) => setting.powerMode === plan.powerMode)
    .map((setting) => {
      const wrong: string[] = [];
      const left = new Map(Object.entries(setting.budgets));
      let cost = setting.cost;
      for (const placement of plan.placements) {
        const group = setting.groups.find((each) => each.workload === placement.config.workload);
        const matches = (group?.choices ?? []).filter(
          (each) =>
            each.violations.length === 0 &&
            JSON.stringify(each.config) === JSON.stringify(placement.config) &&
            JSON.stringify(each.service) ===
              JSON.stringify({
                batches: plan.service.find((row) => row.placement === placement.id)?.batches,
                ratios: plan.service.find((row) => row.placement === placement.id)?.ratios,
              }),
        );
        const taken = matches[0];
        if (taken === undefined) {
          wrong.push(`${placement.id} is on no admissible choice`);
          continue;
        }
        cost += taken.cost;
        for (const [budget, use] of Object.entries(taken.uses)) left.set(budget, (left.get(budget) ?? 0) - use);
      }
      for (const [budget, rest] of left)
        if (rest < -1e-6 * Math.max(1, setting.budgets[budget] ?? 0)) wrong.push(`${budget} is exceeded by ${-rest}`);
      if (Math.abs(cost - plan.optimality.value) > 1e-6 * Math.max(1, Math.abs(cost)))
        wrong.push(`costs ${cost}, not ${plan.optimality.value}`);
      return wrong;
    });
  if (verdicts.length > 0 && !verdicts.some((wrong) => wrong.length === 0)) faults.push(...verdicts[0]!);
  const { value, bound, gap, status } = plan.optimality;
  if (bound !== null && bound > value + 1e-6 * Math.max(1, Math.abs(value)))
    faults.push("the bound is above the value");
  if (status === "optimal" && (bound === null || gap === null || gap > 1e-6)) faults.push("optimal without proof");
  for (const demand of problem.demands) {
    const kept = (metric: string, relation: string, target: number) =>
      plan.promises.some(
        (promise) =>
          promise.subject === demand.workload &&
          promise.metric === metric &&
          promise.relation === relation &&
          promise.target === target,
      );
    if (!kept("response_s", "at-most", demand.deadlineSeconds))
      faults.push(`no deadline promised to ${demand.workload}`);
    if (!kept("throughput_per_s", "at-least", demand.ratePerSecond))
      faults.push(`no rate promised to ${demand.workload}`);
  }
  return faults;
}

import { type Fraction, InputError, type ModeProblem, type PowerBudget } from "@partitune/schema";

/**
 * The problem with a part of every budget left free: of power, of promised latency, of the load that inference may take. A choice
 * that keeps what remains also keeps the whole when it is measured again.
 *
 * @param margin  part of each budget, at least 0 and below 1
 * @throws InputError when the margin is out of range
 */
export function withMargin(problem: ModeProblem, margin: Fraction): ModeProblem {
  if (!(margin >= 0 && margin < 1)) {
    throw new InputError({ what: "the margin", problem: `is ${margin}`, advice: "give at least 0 and less than 1" });
  }
  if (margin === 0) return problem;
  const left = 1 - margin;
  const shrink = <T extends { readonly latencySeconds: number }>(served: T): T => ({
    ...served,
    latencySeconds: left * served.latencySeconds,
  });
  const power = ({ kind, watts }: PowerBudget) => ({ kind, watts: left * watts });
  switch (problem.kind) {
    case "training":
      return {
        ...problem,
        ...(problem.budgetWatts !== undefined && { budgetWatts: left * problem.budgetWatts }),
        ...(problem.minibatchSeconds !== undefined && { minibatchSeconds: left * problem.minibatchSeconds }),
      };
    case "inference": {
      const { inference, budget, highestLoad = 1 } = problem;
      const { latencySeconds } = inference;
      return {
        ...problem,
        inference: latencySeconds === undefined ? inference : shrink({ ...inference, latencySeconds }),
        highestLoad: left * highestLoad,
        ...(budget !== undefined && { budget: power(budget) }),
      };
    }
    case "two-inferences":
      return {
        ...problem,
        urgent: shrink(problem.urgent),
        nonUrgent: shrink(problem.nonUrgent),
        budget: power(problem.budget),
      };
    case "concurrent":
    case "backlogged":
    case "rate-schedule":
      return shrinkTurns(problem);
  }

  function shrinkTurns(turns: Extract<ModeProblem, { readonly kind: "concurrent" | "backlogged" | "rate-schedule" }>) {
    const { budget, highestLoad = 1 } = turns;
    const rest = { highestLoad: left * highestLoad, budget: power(budget) };
    if (turns.kind === "rate-schedule") return { ...turns, ...rest, inference: shrink(turns.inference) };
    return { ...turns, ...rest, inference: shrink(turns.inference) };
  }
}

import type { ModeProblem } from "@partitune/schema";
import type { SingleChoice, SingleProblem } from "./budgetUse.ts";
import { answerProblem, type ProblemTables } from "./problems/answerProblem.ts";
import { workloadsOf } from "./workloadsOf.ts";

/** More than any device draws, W: a power budget that nothing meets its limit by. */
const unlimitedWatts = 1e9;

/**
 * Every choice that the rows of the tables offer and that keeps its promises, one per mode and minibatches, whatever it draws; where
 * a choice has to give something up, as training that starves, with what remains.
 */
export function observedChoices(problem: SingleProblem, tables: ProblemTables): readonly SingleChoice[] {
  const free = withoutPowerBudget(problem);
  return singleTables(problem, tables).flatMap((single) => {
    const answer = answerProblem(free, single);
    if (answer.status !== "optimal" || answer.choice.kind === "rate-schedule") return [];
    return [answer.choice];
  });
}

/** The same problem, so that power never decides. */
export function withoutPowerBudget(problem: SingleProblem): SingleProblem {
  if (problem.kind === "training") {
    const { budgetWatts: _, ...rest } = problem;
    return rest;
  }
  if (problem.kind === "inference") {
    if (problem.budget === undefined) return problem;
    return { ...problem, budget: { kind: problem.budget.kind, watts: unlimitedWatts } };
  }
  return { ...problem, budget: { kind: problem.budget.kind, watts: unlimitedWatts } };
}

/** Tables of one row per workload: a mode, with a minibatch of each. */
export function singleTables(problem: ModeProblem, tables: ProblemTables): readonly ProblemTables[] {
  const { training, served } = workloadsOf(problem);
  const trainingRows = training === null ? null : byMode(tables.training.get(training) ?? []);
  const servedRows = served.map(({ workload, batches }) =>
    byMode((tables.inference.get(workload) ?? []).filter(({ batch }) => batches.includes(batch))),
  );
  const idleRows = byMode(tables.idle);
  const modes = [...(trainingRows ?? servedRows[0]!).keys()];
  return modes.flatMap((mode) => {
    const idle = idleRows.get(mode) ?? [];
    const trained = new Map(trainingRows === null ? [] : [[training!, trainingRows.get(mode) ?? []]]);
    return combinationsOf(servedRows.map((rows) => rows.get(mode) ?? [])).map((rows) => ({
      training: trained,
      inference: inferenceOf(served, rows),
      idle,
    }));
  });
}

/** Two served workloads may be one, in two minibatches. */
function inferenceOf<Row>(
  served: readonly { readonly workload: string }[],
  rows: readonly Row[],
): ReadonlyMap<string, readonly Row[]> {
  const inference = new Map<string, Row[]>();
  for (const [i, { workload }] of served.entries()) {
    const known = inference.get(workload) ?? [];
    if (!known.includes(rows[i]!)) inference.set(workload, [...known, rows[i]!]);
  }
  return inference;
}

function byMode<Row extends { readonly mode: string }>(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  return Map.groupBy(rows, ({ mode }) => mode);
}

function combinationsOf<Row>(lists: readonly (readonly Row[])[]): readonly (readonly Row[])[] {
  return lists.reduce<readonly (readonly Row[])[]>(
    (all, list) => all.flatMap((start) => list.map((next) => [...start, next])),
    [[]],
  );
}

import type { Problem, Solution } from "@partitune/schema";
import type { Highs, ModelData } from "highs";
import { concludeSearch } from "../concludeSearch.ts";
import { budgetTolerance, type SearchSpace, toSearchSpace } from "../searchSpace.ts";
import type { Selection } from "../selection.ts";
import { loadHighs } from "./loadHighs.ts";
import type { MethodOptions } from "./method.ts";

const defaultTimeLimit = 60;

/**
 * Finds the cheapest selection by mixed-integer programming with HiGHS: a 0/1 variable per choice, one choice per group, budgets as
 * rows. Settings are solved one after the other, within one time limit.
 *
 * Optimal when every setting was solved to the end, else feasible with the least bound of all settings, or unknown. Ties inside a
 * workload are decided as by {@link exhaustive}; between whole selections HiGHS decides, the same way every time.
 *
 * @see Huangfu and Hall, Mathematical Programming Computation 10 (2018), https://highs.dev
 */
export async function milp(problem: Problem, options: MethodOptions = {}): Promise<Solution> {
  const highs = await loadHighs();
  const limit = options.timeLimitSeconds ?? defaultTimeLimit;
  let best: Selection | null = null;
  let [value, open, complete, left] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, true, limit];
  for (const setting of problem.settings) {
    const space = toSearchSpace(setting);
    const result = solveSpace(highs, space, left);
    left = Math.max(0, left - result.seconds);
    if (!result.complete) [complete, open] = [false, Math.min(open, setting.cost + result.bound)];
    if (result.picks === null || setting.cost + result.value >= value) continue;
    best = { setting, choices: result.picks.map((row, group) => space.choices[group]![row]!) };
    value = setting.cost + result.value;
  }
  return concludeSearch(problem, {
    method: "milp",
    best,
    bound: Math.min(value, open),
    complete,
    limit: `no plan was found within ${limit} s, and none is ruled out; allow more time`,
  });
}

interface SpaceResult {
  readonly picks: readonly number[] | null;
  readonly value: number;
  readonly bound: number;
  readonly complete: boolean;
  readonly seconds: number;
}

function solveSpace(highs: Highs, space: SearchSpace, timeLimitSeconds: number): SpaceResult {
  const none = { picks: null, value: Number.POSITIVE_INFINITY, seconds: 0 };
  if (space.groups.some((group) => group.costs.length === 0)) return { ...none, bound: none.value, complete: true };
  if (timeLimitSeconds === 0) return { ...none, bound: Number.NEGATIVE_INFINITY, complete: false };
  const scale = costScale(space);
  return highs.withModel(toModel(highs, space, scale), (model): SpaceResult => {
    model.options.set({
      output_flag: false,
      time_limit: timeLimitSeconds,
      mip_rel_gap: 0,
      mip_abs_gap: 0,
      mip_feasibility_tolerance: budgetTolerance,
      primal_feasibility_tolerance: budgetTolerance,
    });
    const { modelStatus } = model.run();
    const seconds = model.getRunTime();
    const status = highs.constants.modelStatus;
    const infeasible = modelStatus === status.infeasible || modelStatus === status.unboundedOrInfeasible;
    if (infeasible) return { ...none, bound: none.value, complete: true, seconds };
    const bound = Number(model.info.get("mip_dual_bound")) * scale;
    const complete = modelStatus === status.optimal;
    if (Number(model.info.get("primal_solution_status")) !== highs.constants.solutionStatus.feasible) {
      return { ...none, bound, complete: false, seconds };
    }
    const picks = readPicks(space, model.getSolution().colValue);
    const value = picks.reduce((sum, row, group) => sum + space.groups[group]!.costs[row]!, 0);
    return { picks, value, bound, complete, seconds };
  });
}

/** Costs are solved in units of the largest, so that tolerances mean the same for shares and for watts. */
function costScale({ groups }: SearchSpace): number {
  const largest = groups.reduce(
    (most, { costs }) => costs.reduce((all, cost) => Math.max(all, Math.abs(cost)), most),
    0,
  );
  return largest > 0 ? largest : 1;
}

function toModel(highs: Highs, { groups, budgets }: SearchSpace, scale: number): ModelData {
  const costs = groups.flatMap((group) => Array.from(group.costs, (cost) => cost / scale));
  const numCols = costs.length;
  const rows = [...pickRows(groups), ...budgetRows(groups, budgets.length)];
  return {
    numCols,
    numRows: rows.length,
    colCost: costs,
    colLower: new Float64Array(numCols),
    colUpper: new Float64Array(numCols).fill(1),
    integrality: new Int32Array(numCols).fill(highs.constants.variableType.integer),
    rowLower: rows.map((row) => (row.exact ? 1 : -highs.infinity)),
    rowUpper: rows.map(() => 1),
    matrix: {
      format: "csr",
      numRows: rows.length,
      numCols,
      starts: rowStarts(rows),
      indices: rows.flatMap((row) => row.indices),
      values: rows.flatMap((row) => row.values),
    },
  };
}

interface Row {
  readonly exact: boolean;
  readonly indices: number[];
  readonly values: number[];
}

function pickRows(groups: SearchSpace["groups"]): Row[] {
  let first = 0;
  return groups.map(({ costs }) => {
    const indices = Array.from(costs, (_, row) => first + row);
    first += costs.length;
    return { exact: true, indices, values: indices.map(() => 1) };
  });
}

function budgetRows(groups: SearchSpace["groups"], count: number): Row[] {
  const all = groups.flatMap(({ costs, uses }) => Array.from(costs, (_, row) => uses.subarray(row * count)));
  return Array.from({ length: count }, (_, budget) => {
    const indices = [...all.keys()].filter((column) => all[column]![budget]! > 0);
    return { exact: false, indices, values: indices.map((column) => all[column]![budget]!) };
  });
}

function rowStarts(rows: readonly Row[]): Int32Array {
  const starts = new Int32Array(rows.length + 1);
  rows.forEach((row, i) => {
    starts[i + 1] = starts[i]! + row.indices.length;
  });
  return starts;
}

function readPicks({ groups }: SearchSpace, values: Float64Array): number[] {
  let first = 0;
  return groups.map(({ costs }) => {
    const own = values.subarray(first, first + costs.length);
    first += costs.length;
    return own.reduce((best, value, row) => (value > own[best]! ? row : best), 0);
  });
}

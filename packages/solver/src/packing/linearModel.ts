import type { Highs, ModelData } from "highs";

/** A variable from 0 up, with its cost and its entries in the rows. */
export interface Column {
  readonly cost: number;
  readonly whole: boolean;
  /** Row and coefficient. */
  readonly entries: readonly (readonly [number, number])[];
}

/** Least cost of columns whose row sums are at least the row bounds. */
export interface LinearModel {
  readonly columns: readonly Column[];
  readonly rowBounds: readonly number[];
}

export interface LinearAnswer {
  /** Values of the columns; null when none were found in time. */
  readonly values: Float64Array | null;
  readonly cost: number;
  /** A number that no solution costs less than. */
  readonly bound: number;
  readonly optimal: boolean;
}

/** Solves a covering model with whole variables, to within a relative gap; infeasible models have no values and an infinite bound. */
export function solveLinear(highs: Highs, model: LinearModel, timeLimitSeconds: number, relativeGap = 0): LinearAnswer {
  return highs.withModel(toModelData(highs, model), (native): LinearAnswer => {
    native.options.set({ output_flag: false, time_limit: timeLimitSeconds, mip_rel_gap: relativeGap, mip_abs_gap: 0 });
    const { modelStatus } = native.run();
    const status = highs.constants.modelStatus;
    const optimal = modelStatus === status.optimal;
    const isWhole = model.columns.some(({ whole }) => whole);
    if (modelStatus === status.infeasible || modelStatus === status.unboundedOrInfeasible) {
      return { values: null, cost: Number.POSITIVE_INFINITY, bound: Number.POSITIVE_INFINITY, optimal: true };
    }
    const found = Number(native.info.get("primal_solution_status")) === highs.constants.solutionStatus.feasible;
    const cost = found ? Number(native.info.get("objective_function_value")) : Number.POSITIVE_INFINITY;
    const bound = isWhole ? Number(native.info.get("mip_dual_bound")) : optimal ? cost : Number.NEGATIVE_INFINITY;
    return { values: found ? native.getSolution().colValue : null, cost, bound, optimal };
  });
}

/** The model in the solver's own form. */
export function toModelData(highs: Highs, { columns, rowBounds }: LinearModel): ModelData {
  const kind = highs.constants.variableType;
  return {
    numCols: columns.length,
    numRows: rowBounds.length,
    colCost: columns.map(({ cost }) => cost),
    colLower: new Float64Array(columns.length),
    colUpper: new Float64Array(columns.length).fill(highs.infinity),
    integrality: Int32Array.from(columns, ({ whole }) => (whole ? kind.integer : kind.continuous)),
    rowLower: rowBounds,
    rowUpper: new Float64Array(rowBounds.length).fill(highs.infinity),
    matrix: { format: "csc", ...toSparse(columns, rowBounds.length) },
  };
}

/** Entries column by column. */
export function toSparse(columns: readonly Column[], numRows: number) {
  const starts = new Int32Array(columns.length + 1);
  for (const [i, { entries }] of columns.entries()) starts[i + 1] = starts[i]! + entries.length;
  return {
    numRows,
    numCols: columns.length,
    starts,
    indices: Int32Array.from(columns.flatMap(({ entries }) => entries.map(([row]) => row))),
    values: Float64Array.from(columns.flatMap(({ entries }) => entries.map(([, value]) => value))),
  };
}

import type { Column, LinearModel } from "./packing/linearModel.ts";

/** A sum of variables that is to be at least a number. */
export interface Row {
  readonly atLeast: number;
  /** Position of the variable and coefficient. */
  readonly entries: readonly (readonly [number, number])[];
}

/** The model in columns, as the solver takes it. */
export function toLinearModel(costs: readonly Pick<Column, "cost" | "whole">[], rows: readonly Row[]): LinearModel {
  const entries = costs.map((): [number, number][] => []);
  for (const [r, row] of rows.entries()) {
    for (const [column, value] of row.entries) if (value !== 0) entries[column]!.push([r, value]);
  }
  return {
    columns: costs.map((each, i) => ({ ...each, entries: entries[i]! })),
    rowBounds: rows.map(({ atLeast }) => atLeast),
  };
}

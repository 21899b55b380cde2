import type { ModeProblem } from "@partitune/schema";
import { type GridRow, nameGridRow } from "./gridRow.ts";

/** The row of a problem's grid that a name stands for: where a training chooses among batches, the mode and the batch. */
export function rowOfName(problem: ModeProblem, name: string): GridRow {
  const batches = problem.kind === "training" ? (problem.batches ?? []) : [];
  const batch = batches.find((size) => name.endsWith(nameGridRow({ powerMode: "", batch: size })));
  if (batch === undefined || batches.length === 1) return { powerMode: name, batch: null };
  return { powerMode: name.slice(0, -nameGridRow({ powerMode: "", batch }).length), batch };
}

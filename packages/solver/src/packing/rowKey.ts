import type { PieceRow } from "./packingProblem.ts";

/** Tells rows of one problem apart. */
export function rowKey(row: Pick<PieceRow, "model" | "piece" | "batch" | "processes">): string {
  return JSON.stringify([row.model, row.piece, row.batch, row.processes]);
}

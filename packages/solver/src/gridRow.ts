import type { ModeGrid } from "./strategies/strategy.ts";

/** What a row of a grid stands for. */
export interface GridRow {
  /** Name of the power mode. */
  readonly powerMode: string;
  /** Minibatch of the training, where the grid has several; null otherwise. */
  readonly batch: number | null;
}

/** The name of a row: that of its power mode, with the minibatch where the grid has several. */
export function nameGridRow({ powerMode, batch }: GridRow): string {
  return batch === null ? powerMode : `${powerMode} batch ${batch}`;
}

/** The row that a name stands for; the inverse of {@link nameGridRow}. */
export function readGridRow({ dimensions, modes, names }: ModeGrid, index: number): GridRow {
  const column = dimensions.findIndex(({ quantity }) => quantity === "batch");
  const name = names[index]!;
  if (column === -1) return { powerMode: name, batch: null };
  const batch = modes[index]![column]!;
  return { powerMode: name.slice(0, -nameGridRow({ powerMode: "", batch }).length), batch };
}

import type { LayoutPiece } from "./packing/layout.ts";

/** A piece that has a name of its own, which it keeps as long as it stays where it is. */
export interface RunningPiece extends LayoutPiece {
  /** Unique within the fleet. */
  readonly id: string;
}

/** A GPU that has a name of its own. */
export interface RunningGpu {
  /** Unique within the fleet. */
  readonly id: string;
  readonly pieces: readonly RunningPiece[];
}

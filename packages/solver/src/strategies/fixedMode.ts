import { type CandidateProposal, defineStrategy } from "./defineStrategy.ts";
import { geometryOf } from "./gridGeometry.ts";
import type { ModeGrid, StartStrategy } from "./strategy.ts";

/** Measures given modes only, each with every minibatch that could keep the promises: what a device does without any search. */
export function fixedMode(name: string, rowsOf: (grid: ModeGrid) => readonly number[], reason: string): StartStrategy {
  return defineStrategy({
    name,
    pruning: "none",
    start: ({ grid }, ledger) => {
      const rows = rowsOf(grid);
      const count = ledger.combinations.length;
      return (): CandidateProposal | null => {
        for (const mode of rows) {
          for (let combination = 0; combination < count; combination++) {
            if (ledger.isOpen(mode * count + combination)) return { mode, combination, reason };
          }
        }
        return null;
      };
    },
  });
}

/** Rows that differ from a row in `free` dimensions only, itself included. */
function likeRow({ dimensions, modes }: ModeGrid, row: number): readonly number[] {
  const settings = modes[row]!;
  return [...modes.keys()].filter((other) =>
    dimensions.every(({ kind }, d) => kind === "free" || modes[other]![d] === settings[d]),
  );
}

/** The device's default mode, which grids of devices list first, with every batch of a training. */
export const defaultMode = fixedMode("default", (grid) => likeRow(grid, 0), "the default mode");

/**
 * The mode with the most of every clock, core and cap, with every batch of a training; where a grid lacks it, the one that comes nearest on
 * logarithmic scales.
 */
export const maxn = fixedMode("maxn", (grid) => likeRow(grid, highestRow(grid)), "the highest mode");

function highestRow(grid: ModeGrid): number {
  const sums = geometryOf(grid).points.map((point) =>
    point.reduce((sum, x, d) => (grid.dimensions[d]!.kind === "mono" ? sum + x : sum), 0),
  );
  return sums.indexOf(Math.max(...sums));
}

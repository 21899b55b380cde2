import type { RunTable } from "../runTable.ts";
import type { MeasuredModes } from "./measuredModes.ts";

/** The measured runs of one workload as columns, which grow as the search goes on. */
export interface RunSeries {
  /** Rows of the grid. */
  readonly modes: readonly number[];
  /** Numbers of the modes among those measured. */
  readonly numbers: readonly number[];
  /** Positions in the workload's batches. */
  readonly batches: readonly number[];
  readonly logSeconds: readonly number[];
  readonly watts: readonly number[];
  /** Takes up what was measured since. */
  update(): void;
  /** Where a run is; it must have been measured. */
  find(mode: number, batch: number): number;
}

/** @param slots  of the table, one per batch */
export function openRunSeries(table: RunTable, slots: readonly number[], measured: MeasuredModes): RunSeries {
  const modes: number[] = [];
  const numbers: number[] = [];
  const batches: number[] = [];
  const logSeconds: number[] = [];
  const watts: number[] = [];
  const taken = slots.map(() => 0);
  return {
    modes,
    numbers,
    batches,
    logSeconds,
    watts,
    update: () => {
      for (let batch = 0; batch < slots.length; batch++) {
        const slot = slots[batch]!;
        const all = table.modesWith(slot);
        for (; taken[batch]! < all.length; taken[batch]!++) {
          const mode = all[taken[batch]!]!;
          modes.push(mode);
          numbers.push(measured.numberOf(mode));
          batches.push(batch);
          logSeconds.push(Math.log(table.seconds[slot]![mode]! || 1)); // the idle device has no time, and any constant does
          watts.push(table.watts[slot]![mode]!);
        }
      }
    },
    find: (mode, batch) => {
      let run = 0;
      while (modes[run] !== mode || batches[run] !== batch) run++;
      return run;
    },
  };
}

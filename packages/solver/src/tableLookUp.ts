import { readGridRow } from "./gridRow.ts";
import type { ModeTable, ModeTables } from "./modeTables.ts";
import type { LookUp } from "./scoreSearch.ts";
import type { ModeGrid, RunOutcome } from "./strategies/strategy.ts";

/**
 * Answers the runs of a search from measured tables. A run without a row has failed.
 *
 * Where the grid has batches of a training, the time is that of one sample, or of an epoch where those were measured.
 */
export function tableLookUp(tables: ModeTables, grid: ModeGrid): LookUp {
  const training = outcomesOf(tables.training);
  const inference = outcomesOf(tables.inference);
  const idle = new Map(tables.idle.map(({ mode, watts }) => [mode, watts]));
  return ({ mode, workload, batch }) => {
    const { powerMode: name, batch: size } = readGridRow(grid, mode);
    if (workload === null) {
      const powerWatts = idle.get(name);
      return powerWatts === undefined ? missing("idle power", name) : { powerWatts };
    }
    if (batch !== null) return inference.get(workload)?.get(`${batch} ${name}`) ?? missing(workload, name);
    const found = training.get(workload)?.get(size === null ? name : `${size} ${name}`);
    if (found === undefined) return missing(workload, name);
    if (size === null || tables.training.get(workload)!.run === "epoch" || !("timeSeconds" in found)) return found;
    return { ...found, timeSeconds: found.timeSeconds / size };
  };
}

/** By workload, then by mode alone and by batch and mode. */
function outcomesOf(tables: ReadonlyMap<string, ModeTable>): ReadonlyMap<string, ReadonlyMap<string, RunOutcome>> {
  return new Map(
    [...tables].map(([workload, { rows }]) => [
      workload,
      new Map(
        rows.flatMap(({ mode, batch, seconds, watts }) => {
          const outcome: RunOutcome = { timeSeconds: seconds, powerWatts: watts };
          return [
            [mode, outcome],
            [`${batch} ${mode}`, outcome],
          ];
        }),
      ),
    ]),
  );
}

function missing(what: string, mode: string): RunOutcome {
  return { failed: `the table has no row of ${what} in mode "${mode}"` };
}

import { type GaussianParameters, type GaussianProcess, gaussianProcess } from "../../gaussianProcess.ts";
import { geometryOf } from "../gridGeometry.ts";
import type { Ledger } from "../ledger.ts";
import type { ModeGrid } from "../strategy.ts";

/** What is expected of a number. */
export interface Expected {
  readonly mean: number;
  readonly variance: number;
}

/** Natural logarithms of what a run is expected to cost. */
export interface RunForecast {
  /** `null` for the idle device. */
  readonly logTime: Expected | null;
  readonly logPower: Expected;
}

/** Forecasts a run in a mode from all measurements so far. */
export type ForecastRun = (slot: number, mode: number) => RunForecast;

/** Runs that share a process: of one workload, whatever the batch, or of the idle device. */
interface Group {
  readonly slots: readonly number[];
  /** Scaled logarithm of the batch, per slot; none where the batch does not vary. */
  readonly batches: readonly (readonly number[])[];
  readonly hasTime: boolean;
}

/**
 * Gaussian processes of the logarithms of time and power of each workload, over the scaled settings of the modes and the batch. They know
 * nothing of the physics.
 *
 * @returns a function that fits them to what the ledger holds now, beginning from where the last fit ended
 */
export function costProcesses(grid: ModeGrid, ledger: Ledger): () => ForecastRun {
  const { points } = geometryOf(grid);
  const groups = groupsOf(ledger);
  const parameters = new Map<string, GaussianParameters>();
  const fit = (name: string, inputs: readonly (readonly number[])[], values: readonly number[]) => {
    const process = gaussianProcess(inputs, values, parameters.get(name));
    parameters.set(name, process.parameters);
    return process;
  };
  return () => {
    const forecasts = groups.map((group, g) => {
      const measured = group.slots.flatMap((slot, s) => {
        const modes = [...ledger.table.watts[slot]!.keys()].filter((mode) => ledger.table.isKnown(mode, slot));
        return modes.map((mode) => ({ slot, mode, input: [...points[mode]!, ...group.batches[s]!] }));
      });
      const inputs = measured.map(({ input }) => input);
      const logs = (columns: readonly Float64Array[]) =>
        measured.map(({ slot, mode }) => Math.log(columns[slot]![mode]!));
      if (inputs.length === 0) return unknown;
      const power = fit(`${g} power`, inputs, logs(ledger.table.watts));
      const time = group.hasTime ? fit(`${g} time`, inputs, logs(ledger.table.seconds)) : null;
      return (slot: number, mode: number): RunForecast => {
        const input = [...points[mode]!, ...group.batches[group.slots.indexOf(slot)]!];
        return { logTime: time === null ? null : expectedAt(time, input), logPower: expectedAt(power, input) };
      };
    });
    const groupOf = new Map(groups.flatMap(({ slots }, g) => slots.map((slot) => [slot, g])));
    return remember((slot, mode) => measuredAt(ledger, slot, mode) ?? forecasts[groupOf.get(slot)!]!(slot, mode));
  };
}

/** A run of which nothing like it was measured yet: next to nothing is known. */
const unknown = (): RunForecast => ({ logTime: { mean: 0, variance: 100 }, logPower: { mean: 0, variance: 100 } });

function groupsOf({ jobs, table }: Ledger): readonly Group[] {
  const served = new Map<string, Map<number, number>>();
  for (const [s, { workload, batches }] of jobs.served.entries()) {
    const slots = served.get(workload) ?? new Map<number, number>();
    for (const [b, batch] of batches.entries()) slots.set(table.servedSlots[s]![b]!, batch);
    served.set(workload, slots);
  }
  const alone = (slot: number | null, hasTime: boolean) =>
    slot === null ? [] : [{ slots: [slot], batches: [[]], hasTime }];
  const withBatches = [...served.values()].map((slots) => ({
    slots: [...slots.keys()],
    batches: scaledLogs([...slots.values()]),
    hasTime: true,
  }));
  return [...alone(table.trainingSlot, true), ...withBatches, ...alone(table.idleSlot, false)];
}

function scaledLogs(batches: readonly number[]): readonly (readonly number[])[] {
  const [low, high] = [Math.log(Math.min(...batches)), Math.log(Math.max(...batches))];
  return batches.map((batch) => (high > low ? [(Math.log(batch) - low) / (high - low)] : []));
}

/** What a measurement would give: the function and the noise around it. */
function expectedAt(process: GaussianProcess, input: readonly number[]): Expected {
  const { mean, variance } = process.at(input);
  return { mean, variance: variance + process.noiseVariance };
}

function measuredAt({ table }: Ledger, slot: number, mode: number): RunForecast | null {
  if (!table.isKnown(mode, slot)) return null;
  const [seconds, watts] = [table.seconds[slot]![mode]!, table.watts[slot]![mode]!];
  return {
    logTime: slot === table.idleSlot ? null : { mean: Math.log(seconds), variance: 0 },
    logPower: { mean: Math.log(watts), variance: 0 },
  };
}

function remember(forecast: ForecastRun): ForecastRun {
  const known = new Map<number, RunForecast[]>();
  return (slot, mode) => {
    const column = known.get(slot) ?? [];
    known.set(slot, column);
    column[mode] ??= forecast(slot, mode);
    return column[mode];
  };
}

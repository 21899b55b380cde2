import type { Watts } from "@partitune/schema";
import { geometryOf } from "../gridGeometry.ts";
import type { RunTable } from "../runTable.ts";
import type { ModeGrid } from "../strategy.ts";
import { type CostCoordinates, powerCoordinates, timeCoordinates } from "./costCoordinates.ts";
import { departures } from "./departures.ts";
import { fitSlopes } from "./slopes.ts";

/** Predicted costs of one workload, in every mode with every batch: modes × batches, row by row; measured ones where there are any. */
export interface CostForecast {
  readonly seconds: Float64Array;
  readonly watts: Float64Array;
}

/** A measured run of the workload. */
export interface MeasuredRun {
  readonly mode: number;
  /** Position in the workload's batches. */
  readonly batch: number;
}

/** Squared distance at which a measurement counts 1/e in the slopes; features run from 0 to 1. */
const reach = 0.5;
/** Until measured, the time of a minibatch is taken to grow as its size to this power. */
const expectedGrowth = 0.75;

/**
 * Prepares forecasts of one workload: slopes of ln t and p on the settings of the mode and on ln β, at the anchor, and smooth departures
 * from them where measurements depart.
 *
 * @param slots  of the table, one per batch
 * @param batches  ascending; a single one where the workload has none
 * @param scaleWatts  unit of power in which slopes count, by default the power of the anchor
 * @returns a function from an anchor to what is expected; it hands out the same arrays each time
 */
export function costForecaster(
  grid: ModeGrid,
  table: RunTable,
  slots: readonly number[],
  batches: readonly number[],
  scaleWatts: Watts | undefined,
): (anchor: MeasuredRun) => CostForecast {
  const logs = batches.map(Math.log);
  const width = logs.at(-1)! - logs[0]! || 1;
  const positions = logs.map((log) => (log - logs[0]!) / width);
  const [time, power] = [timeCoordinates(grid), powerCoordinates(grid)];
  const geometry = geometryOf(grid);
  const n = grid.modes.length;
  const count = batches.length;
  const seconds = new Float64Array(n * count);
  const watts = new Float64Array(n * count);
  return (anchor) => {
    const runs = slots.flatMap((slot, batch) => table.modesWith(slot).map((mode) => ({ mode, batch })));
    const timeOf = ({ mode, batch }: MeasuredRun) => table.seconds[slots[batch]!]![mode]!;
    const powerOf = ({ mode, batch }: MeasuredRun) => table.watts[slots[batch]!]![mode]!;
    const unit = { seconds: timeOf(anchor), watts: scaleWatts ?? powerOf(anchor) };
    const logTimes = Float64Array.from(runs, (run) => Math.log(timeOf(run) / unit.seconds));
    const powers = Float64Array.from(runs, (run) => (powerOf(run) - powerOf(anchor)) / unit.watts);
    const timePlane = planeAround(anchor, runs, time, positions, logTimes, expectedGrowth * width);
    const powerPlane = planeAround(anchor, runs, power, positions, powers, 0);
    const base = powerOf(anchor);
    for (let mode = 0, i = 0; mode < n; mode++) {
      const timeHere = unit.seconds * Math.exp(timePlane.at(mode));
      const powerHere = base + unit.watts * powerPlane.at(mode);
      for (let b = 0; b < count; b++, i++) {
        seconds[i] = timeHere * timePlane.batchFactors[b]!;
        watts[i] = powerHere + unit.watts * powerPlane.batchSteps[b]!;
      }
    }
    const indices = runs.map(({ mode, batch }) => mode * count + batch);
    const timeResiduals = runs.map((run, r) => Math.log(timeOf(run) / seconds[indices[r]!]!));
    departures(geometry, runs, positions, timeResiduals).applyTo(seconds);
    const powerResiduals = runs.map((run, r) => powerOf(run) / watts[indices[r]!]! - 1);
    departures(geometry, runs, positions, powerResiduals).applyTo(watts);
    for (const [r, run] of runs.entries()) {
      seconds[indices[r]!] = timeOf(run);
      watts[indices[r]!] = powerOf(run);
    }
    return { seconds, watts };
  };
}

/** A value that is linear in the features of the mode and in the batch's position, 0 at the anchor. */
interface Plane {
  /** At a mode, with the anchor's batch. */
  at(mode: number): number;
  /** What each batch adds. */
  readonly batchSteps: readonly number[];
  /** Exponentials of them. */
  readonly batchFactors: readonly number[];
}

/** The plane through the anchor that fits the changes from it, near ones first. */
function planeAround(
  anchor: MeasuredRun,
  runs: readonly MeasuredRun[],
  { count, features, nonNegative }: CostCoordinates,
  positions: readonly number[],
  changes: Float64Array,
  expectedBatchSlope: number,
): Plane {
  const k = count + 1;
  const differences = new Float64Array(runs.length * k);
  const weights = new Float64Array(runs.length);
  const origin = anchor.mode * count;
  for (let m = 0; m < runs.length; m++) {
    const { mode, batch } = runs[m]!;
    let distance = 0;
    for (let i = 0; i < count; i++) {
      const difference = features[mode * count + i]! - features[origin + i]!;
      differences[m * k + i] = difference;
      distance += difference * difference;
    }
    const step = positions[batch]! - positions[anchor.batch]!;
    differences[m * k + count] = step;
    weights[m] = Math.exp(-(distance + step * step) / reach);
  }
  const expected = [...nonNegative.map(() => 0), expectedBatchSlope];
  const slopes = fitSlopes({ features: differences, changes, weights, expected, nonNegative: [...nonNegative, true] });
  const batchSteps = positions.map((position) => slopes[count]! * (position - positions[anchor.batch]!));
  let start = 0;
  for (let i = 0; i < count; i++) start -= slopes[i]! * features[origin + i]!;
  return {
    batchSteps,
    batchFactors: batchSteps.map(Math.exp),
    at: (mode) => {
      let value = start;
      for (let i = 0; i < count; i++) value += slopes[i]! * features[mode * count + i]!;
      return value;
    },
  };
}

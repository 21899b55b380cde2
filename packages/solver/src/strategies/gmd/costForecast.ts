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
  /** Fills in what is expected in some modes; elsewhere the arrays hold nothing of use. */
  lookAt(modes: readonly number[]): void;
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

/** Slopes may cross zero power; what they expect counts as at least this part of what was measured. */
const leastShare = 0.1;

/**
 * Prepares forecasts of one workload: slopes of ln t and p on the settings of the mode and on ln β, at the anchor, and smooth departures
 * from them where measurements depart.
 *
 * @param slots  of the table, one per batch
 * @param batches  ascending; a single one where the workload has none
 * @param scaleWatts  unit of power in which slopes count, by default the power of the anchor
 * @returns a function from a measured run as anchor to what is expected; it hands out the same arrays each time
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
  let latest: { readonly anchor: MeasuredRun; readonly runs: number; readonly forecast: CostForecast } | null = null;
  return (anchor) => {
    const measured = slots.reduce((sum, slot) => sum + table.modesWith(slot).length, 0);
    const isSame =
      latest?.runs === measured && latest.anchor.mode === anchor.mode && latest.anchor.batch === anchor.batch;
    if (!isSame) latest = { anchor, runs: measured, forecast: forecastAround(anchor) };
    return latest!.forecast;
  };

  function forecastAround(anchor: MeasuredRun): CostForecast {
    const runs = slots.flatMap((slot, batch) => table.modesWith(slot).map((mode) => ({ mode, batch })));
    // the idle device has no time, and any constant does
    const times = new Float64Array(runs.map(({ mode, batch }) => table.seconds[slots[batch]!]![mode]! || 1));
    const powers = new Float64Array(runs.map(({ mode, batch }) => table.watts[slots[batch]!]![mode]!));
    const base = runs.findIndex(({ mode, batch }) => mode === anchor.mode && batch === anchor.batch);
    const [unitSeconds, baseWatts] = [times[base]!, powers[base]!];
    const unitWatts = scaleWatts ?? baseWatts;
    const logTimes = times.map((time) => Math.log(time / unitSeconds));
    const powerChanges = powers.map((watts) => (watts - baseWatts) / unitWatts);
    const timePlane = planeAround(anchor, runs, time, positions, logTimes, expectedGrowth * width);
    const powerPlane = planeAround(anchor, runs, power, positions, powerChanges, 0);
    const timeResiduals = runs.map(
      ({ mode, batch }, r) => logTimes[r]! - timePlane.at(mode) - timePlane.batchSteps[batch]!,
    );
    const powerResiduals = runs.map(({ mode, batch }, r) => {
      const expected = baseWatts + unitWatts * (powerPlane.at(mode) + powerPlane.batchSteps[batch]!);
      return powers[r]! / Math.max(expected, leastShare * powers[r]!) - 1;
    });
    const timeDepartures = departures(geometry, runs, positions, timeResiduals);
    const powerDepartures = departures(geometry, runs, positions, powerResiduals);
    const seen = new Uint8Array(n);
    const lookAt = (asked: readonly number[]) => {
      const modes = asked.filter((mode) => seen[mode] === 0);
      for (const mode of modes) {
        seen[mode] = 1;
        const timeHere = unitSeconds * Math.exp(timePlane.at(mode));
        const powerHere = baseWatts + unitWatts * powerPlane.at(mode);
        for (let b = 0, i = mode * count; b < count; b++, i++) {
          seconds[i] = timeHere * timePlane.batchFactors[b]!;
          watts[i] = powerHere + unitWatts * powerPlane.batchSteps[b]!;
        }
      }
      timeDepartures.applyTo(seconds, modes);
      powerDepartures.applyTo(watts, modes);
      for (let r = 0; r < runs.length; r++) {
        const { mode, batch } = runs[r]!;
        seconds[mode * count + batch] = times[r]!;
        watts[mode * count + batch] = powers[r]!;
      }
    };
    return { seconds, watts, lookAt };
  }
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

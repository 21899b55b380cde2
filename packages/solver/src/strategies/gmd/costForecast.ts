import type { Watts } from "@partitune/schema";
import type { RunTable } from "../runTable.ts";
import type { ModeGrid } from "../strategy.ts";
import { powerCoordinates, timeCoordinates } from "./costCoordinates.ts";
import { type Departures, departuresOver } from "./departures.ts";
import type { MeasuredModes } from "./measuredModes.ts";
import { type Plane, planeAround } from "./planeAround.ts";
import { openRunSeries } from "./runSeries.ts";

/** Expected costs of one workload, modes × batches, row by row; measured ones where there are any. Only modes that were looked at hold any. */
export interface CostForecast {
  readonly seconds: Float64Array;
  readonly watts: Float64Array;
  /** By mode, with whatever batch it is least. */
  readonly leastSeconds: Float64Array;
  readonly leastWatts: Float64Array;
  /** Takes the slopes at a measured run, over all that is measured by now; no mode is looked at then. */
  moveTo(mode: number, batch: number): void;
  lookAtTime(mode: number): void;
  lookAtPower(mode: number): void;
}

/** Until measured, the time of a minibatch is taken to grow as its size to this power. */
const expectedGrowth = 0.75;
/** Slopes may cross zero power; what they expect counts as at least this part of what was measured. */
const leastShare = 0.1;
/** However departures swing, a cost stays above 0. */
const leastFactor = 0.1;

/** What a search knows of one cost: slopes, and departures from them. */
interface Fit {
  readonly plane: Plane;
  readonly departures: Departures;
}

/** Slopes of ln t and of p at one run. */
interface Fits {
  readonly mode: number;
  readonly batch: number;
  /** How many runs it is fitted to. */
  readonly runs: number;
  readonly unitSeconds: number;
  readonly baseWatts: Watts;
  readonly unitWatts: Watts;
  readonly time: Fit;
  readonly power: Fit;
  /** What each batch multiplies times by. */
  readonly batchFactors: Float64Array;
}

/**
 * Forecasts one workload: slopes of ln t and p on the settings of the mode and on ln β, at the anchor, and smooth departures from them
 * where measurements depart.
 *
 * @param slots  of the table, one per batch
 * @param batches  ascending; a single one where the workload has none
 * @param scaleWatts  unit of power in which slopes count, by default the power of the anchor
 * @param measured  shared by the forecasts of a search
 */
export function openForecast(
  grid: ModeGrid,
  table: RunTable,
  slots: readonly number[],
  batches: readonly number[],
  scaleWatts: Watts | undefined,
  measured: MeasuredModes,
): CostForecast {
  const logs = batches.map(Math.log);
  const width = logs.at(-1)! - logs[0]! || 1;
  const positions = logs.map((log) => (log - logs[0]!) / width);
  const n = grid.modes.length;
  const count = batches.length;
  const seconds = new Float64Array(n * count);
  const watts = new Float64Array(n * count);
  const leastSeconds = new Float64Array(n);
  const leastWatts = new Float64Array(n);
  /** The move at which a mode was last looked at. */
  const timeSeen = new Int32Array(n);
  const powerSeen = new Int32Array(n);
  const measuredSeconds = slots.map((slot) => table.seconds[slot]!);
  const measuredWatts = slots.map((slot) => table.watts[slot]!);
  const series = openRunSeries(table, slots, measured);
  let move = 0;
  let fits: Fits | null = null;
  return {
    seconds,
    watts,
    leastSeconds,
    leastWatts,
    moveTo: (mode, batch) => {
      series.update();
      move++;
      const isSame = fits?.runs === series.modes.length && fits.mode === mode && fits.batch === batch;
      if (!isSame) fits = fitAround(mode, batch);
    },
    lookAtTime: (mode) => {
      if (timeSeen[mode] === move) return;
      timeSeen[mode] = move;
      const { unitSeconds, time, batchFactors } = fits!;
      const { byMode, byBatch } = time.departures;
      const here = unitSeconds * Math.exp(time.plane.at(mode));
      const factor = 1 + measured.weighted(mode, byMode);
      let least = Number.POSITIVE_INFINITY;
      for (let b = 0, i = mode * count; b < count; b++, i++) {
        const known = measuredSeconds[b]![mode]!;
        const value = known > 0 ? known : here * batchFactors[b]! * Math.max(leastFactor, factor + byBatch[b]!);
        seconds[i] = value;
        if (value < least) least = value;
      }
      leastSeconds[mode] = least;
    },
    lookAtPower: (mode) => {
      if (powerSeen[mode] === move) return;
      powerSeen[mode] = move;
      const { baseWatts, unitWatts, power } = fits!;
      const { byMode, byBatch } = power.departures;
      const { batchSteps } = power.plane;
      const here = baseWatts + unitWatts * power.plane.at(mode);
      const factor = 1 + measured.weighted(mode, byMode);
      let least = Number.POSITIVE_INFINITY;
      for (let b = 0, i = mode * count; b < count; b++, i++) {
        const known = measuredWatts[b]![mode]!;
        const value =
          known > 0 ? known : (here + unitWatts * batchSteps[b]!) * Math.max(leastFactor, factor + byBatch[b]!);
        watts[i] = value;
        if (value < least) least = value;
      }
      leastWatts[mode] = least;
    },
  };

  function fitAround(mode: number, batch: number): Fits {
    const anchor = series.find(mode, batch);
    const runs = series.modes.length;
    const baseWatts = series.watts[anchor]!;
    const unitWatts = scaleWatts ?? baseWatts;
    const logTimes = new Float64Array(runs);
    const powerChanges = new Float64Array(runs);
    for (let r = 0; r < runs; r++) {
      logTimes[r] = series.logSeconds[r]! - series.logSeconds[anchor]!;
      powerChanges[r] = (series.watts[r]! - baseWatts) / unitWatts;
    }
    const timePlane = planeAround(anchor, series, timeCoordinates(grid), positions, logTimes, expectedGrowth * width);
    const powerPlane = planeAround(anchor, series, powerCoordinates(grid), positions, powerChanges, 0);
    const timeResiduals = new Float64Array(runs);
    const powerResiduals = new Float64Array(runs);
    for (let r = 0; r < runs; r++) {
      const [mode, batch, watts] = [series.modes[r]!, series.batches[r]!, series.watts[r]!];
      timeResiduals[r] = logTimes[r]! - timePlane.at(mode) - timePlane.batchSteps[batch]!;
      const expected = baseWatts + unitWatts * (powerPlane.at(mode) + powerPlane.batchSteps[batch]!);
      powerResiduals[r] = watts / Math.max(expected, leastShare * watts) - 1;
    }
    const departuresOf = departuresOver(series, positions, measured);
    return {
      mode,
      batch,
      runs,
      unitSeconds: Math.exp(series.logSeconds[anchor]!),
      baseWatts,
      unitWatts,
      time: { plane: timePlane, departures: departuresOf(timeResiduals) },
      power: { plane: powerPlane, departures: departuresOf(powerResiduals) },
      batchFactors: timePlane.batchSteps.map(Math.exp),
    };
  }
}

/** Stands in where nothing runs: it takes neither time nor power. */
export function nothingToForecast(modes: number): CostForecast {
  const nothing = new Float64Array(modes);
  const stay = () => {};
  return {
    seconds: nothing,
    watts: nothing,
    leastSeconds: nothing,
    leastWatts: nothing,
    moveTo: stay,
    lookAtTime: stay,
    lookAtPower: stay,
  };
}

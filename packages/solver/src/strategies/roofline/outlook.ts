import { geometryOf } from "../gridGeometry.ts";
import type { Ledger } from "../ledger.ts";
import type { StrategyInput } from "../strategy.ts";
import { type ClockMode, toClockModes, withBatches } from "./clockMode.ts";
import { correlationsWith } from "./correlationsWith.ts";
import { type Forecast, forecaster, type MeasuredRun } from "./forecaster.ts";
import { idleForecaster } from "./idleForecaster.ts";
import type { Gaussian } from "./mixture.ts";

/** What measurements would show: logarithms of seconds and watts; without variance where they are known. */
export interface Outlook {
  training(mode: number): Forecast;
  /** @param batch  position among the workload's batches */
  served(workload: number, mode: number, batch: number): Forecast;
  idle(mode: number): Gaussian;
}

/** Relative noise of a new measurement, run by run, beyond what varies smoothly. */
const timeNoise = 0.012;
const powerNoise = 0.01;
/** Minibatches from the smallest to the largest are as far apart, for departures from the laws, as the ends of this part of a clock's range. */
const batchWidth = 0.6;

/**
 * Prepares forecasts of every run of a problem, by laws fitted to what the ledger holds.
 *
 * @returns a function that fits, to be called when every workload has been measured at least once
 */
export function outlookOf({ grid }: StrategyInput, { table, jobs }: Ledger): () => Outlook {
  const modes = toClockModes(grid);
  const { points } = geometryOf(grid);
  const training = table.trainingSlot === null ? null : watchSlots([table.trainingSlot], modes, points);
  const served = table.servedSlots.map((slots, s) => {
    const { batches } = jobs.served[s]!;
    const width = Math.log(batches.at(-1)! / batches[0]!) || 1;
    const positions = batches.map((batch) => (batchWidth * Math.log(batch / batches[0]!)) / width);
    const pairs = points.flatMap((point) => positions.map((position) => [...point, position]));
    return watchSlots(slots, withBatches(modes, batches), pairs);
  });
  const { idleSlot } = table;
  return () => {
    const forecasts = { training: training?.(), served: served.map((fit) => fit()) };
    const idle = idleSlot === null ? null : idleForecaster(modes, table.watts[idleSlot]!, powerNoise);
    return {
      training: (mode) => forecasts.training!(mode, 0),
      served: (workload, mode, batch) => forecasts.served[workload]!(mode, batch),
      idle: (mode) => idle!(mode),
    };
  };

  /** Fits one workload; rows are pairs of a mode and a slot, mode by mode. Each is forecast once a fit, when it is first asked for. */
  function watchSlots(
    slots: readonly number[],
    rows: readonly ClockMode[],
    coordinates: readonly (readonly number[])[],
  ): () => (mode: number, batch: number) => Forecast {
    const correlate = correlationsWith(coordinates);
    const correlations = new Map<number, Float64Array>();
    return () => {
      const observations = measuredRuns(slots);
      for (const { index } of observations) {
        if (!correlations.has(index)) correlations.set(index, correlate(index));
      }
      const forecast = forecaster({
        modes: rows,
        observations,
        correlations: observations.map(({ index }) => correlations.get(index)!),
      });
      const known = new Map<number, Forecast>(observations.map((run) => [run.index, exactly(run)]));
      return (mode, batch) => {
        const row = mode * slots.length + batch;
        let found = known.get(row);
        if (found === undefined) {
          found = measuredAnew(forecast(row));
          known.set(row, found);
        }
        return found;
      };
    };
  }

  function measuredRuns(slots: readonly number[]): readonly MeasuredRun[] {
    const runs: MeasuredRun[] = [];
    for (let mode = 0; mode < grid.modes.length; mode++) {
      for (const [batch, slot] of slots.entries()) {
        if (!table.isKnown(mode, slot)) continue;
        const [timeSeconds, powerWatts] = [table.seconds[slot]![mode]!, table.watts[slot]![mode]!];
        runs.push({ index: mode * slots.length + batch, timeSeconds, powerWatts });
      }
    }
    return runs;
  }
}

function exactly({ timeSeconds, powerWatts }: MeasuredRun): Forecast {
  return {
    logTime: { mean: Math.log(timeSeconds), variance: 0 },
    logPower: { mean: Math.log(powerWatts), variance: 0 },
  };
}

function measuredAnew({ logTime, logPower }: Forecast): Forecast {
  return {
    logTime: { mean: logTime.mean, variance: logTime.variance + timeNoise ** 2 },
    logPower: { mean: logPower.mean, variance: logPower.variance + powerNoise ** 2 },
  };
}

import { InputError } from "@partitune/schema";
import { checkKernelGame, checkPredictions } from "./checkKernelGame.ts";
import { type HighRows, toHighRows } from "./highRows.ts";
import type { KernelGame, KernelPredictions, KernelRun, WatchKernel } from "./kernelGame.ts";
import type { KernelPlay } from "./kernelPlay.ts";
import { type KernelOptions, type KernelSettings, toKernelSettings } from "./kernelSettings.ts";
import { type KernelPolicyName, kernelPolicies } from "./kernels/index.ts";
import { type LowColumns, LowQueues, toLowColumns, toLowPredictions } from "./lowQueues.ts";

export interface PlayKernelsOptions {
  readonly settings?: KernelOptions;
  /** What the scheduler believes; `fill` alone asks. By default it knows nothing, and so fills nothing. */
  readonly predictions?: KernelPredictions;
  /** Is told of every stretch of time that an operation has the device for, in the order of their beginnings. */
  readonly watch?: WatchKernel;
}

/**
 * Plays kernels of several tasks against each other on one device, on which one operation runs at a time, but under Orion's policy.
 *
 * All times are whole ns. Nothing else is assumed: no operation is slower because another ran before it, and the device is not clocked
 * differently; whether that holds must be measured.
 *
 * @throws InputError when times are not whole, levels are beyond ten, tasks have no operations, a low task has no end in a preemption, or a
 * setting is out of range
 * @example playKernels({ scenario: "co-run", high, low: [{ ...other, priority: 0, jobs: null }] }, "greedy").completion
 */
export function playKernels(game: KernelGame, policy: KernelPolicyName, options: PlayKernelsOptions = {}): KernelRun {
  return playPrepared(prepareKernels(game), policy, options);
}

/** A game whose columns are ready to be played again and again. */
export interface PreparedKernels {
  readonly game: KernelGame;
  readonly high: HighRows;
  readonly lowColumns: LowColumns;
}

/** @throws InputError as playKernels */
export function prepareKernels(game: KernelGame): PreparedKernels {
  checkKernelGame(game);
  return { game, high: toHighRows(game.high), lowColumns: toLowColumns(game.low) };
}

/** @throws InputError when predictions or settings are out of range */
export function playPrepared(
  prepared: PreparedKernels,
  policy: KernelPolicyName,
  { settings: given = {}, predictions = { idles: [], durations: [] }, watch }: PlayKernelsOptions,
): KernelRun {
  const settings = toKernelSettings(given);
  checkPredictions(prepared.game, predictions);
  if (settings.feedback && predictions.keys === undefined)
    throw new InputError({
      what: "feedback",
      problem: "needs to know which operations share a prediction",
      advice: 'give "keys" with the predictions',
    });
  const play = beginPlay(prepared, settings, predictions, watch ?? null);
  kernelPolicies[policy].play(play, settings);
  return toRun(play);
}

function beginPlay(
  { game, high, lowColumns }: PreparedKernels,
  settings: KernelSettings,
  predictions: KernelPredictions,
  watch: WatchKernel | null,
): KernelPlay {
  return {
    game,
    preemption: game.scenario === "preemption",
    arrival: game.arrival ?? 0,
    high,
    low: new LowQueues(game.low, lowColumns, toLowPredictions(lowColumns, predictions.durations)),
    lowColumns,
    predictedIdles: toPredictedIdles(high.count, predictions.idles),
    keys: predictions.keys === undefined ? null : toDenseKeys(predictions.keys),
    freeHost: settings.host === "free",
    tally: {
      completion: 0,
      lowWork: 0,
      lowWorkInGaps: 0,
      lowOperations: 0,
      lateGaps: 0,
      latest: 0,
      dispatch: 0,
      overPredicted: null,
    },
    watch,
  };
}

function toPredictedIdles(count: number, idles: ArrayLike<number>): Float64Array {
  const predicted = new Float64Array(count);
  for (let row = 0; row < idles.length; row++) {
    const idle = idles[row] ?? 0;
    predicted[row] = idle === Number.POSITIVE_INFINITY ? 0 : idle;
  }
  return predicted;
}

/** The same keys, counted from 0. */
function toDenseKeys(keys: ArrayLike<number>): Int32Array {
  const numbers = new Map<number, number>();
  return Int32Array.from(keys, (key) => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  });
}

function toRun({ high, low, tally }: KernelPlay): KernelRun {
  return {
    ...tally,
    alone: high.alone,
    idle: high.idle,
    lowFinishes: Array.from(low.finishes, (finish) => (Number.isNaN(finish) ? null : finish)),
    operations: high.count + tally.lowOperations,
  };
}

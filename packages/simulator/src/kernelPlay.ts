import type { HighRows } from "./highRows.ts";
import type { KernelGame, WatchKernel } from "./kernelGame.ts";
import type { LowColumns, LowQueues } from "./lowQueues.ts";

/** What is counted during a game, ns; KernelRun says what each means. */
export interface KernelTally {
  completion: number;
  lowWork: number;
  lowWorkInGaps: number;
  /** Of all low tasks, in the whole game. */
  lowOperations: number;
  lateGaps: number;
  latest: number;
  dispatch: number;
  overPredicted: number | null;
}

/** One game in progress. */
export interface KernelPlay {
  readonly game: KernelGame;
  readonly preemption: boolean;
  /** Of the urgent task, ns; 0 when all start together. */
  readonly arrival: number;
  readonly high: HighRows;
  readonly low: LowQueues;
  readonly lowColumns: LowColumns;
  /** Predicted idle time after each operation of the urgent task; 0 when nothing is known. */
  readonly predictedIdles: Float64Array;
  /** Operations of the urgent task with the same number share one prediction; null when nobody said which do. */
  readonly keys: Int32Array | null;
  readonly freeHost: boolean;
  readonly tally: KernelTally;
  readonly watch: WatchKernel | null;
}

/** What a policy does from the end of an operation of the urgent task until the next is ready. @returns when that one starts */
export type UseGap = (row: number, end: number, ready: number) => number;

/**
 * Plays the urgent task's operations one after the other.
 *
 * @param begin  when the first one starts
 * @param useGap  called after each operation but the last
 * @returns when the last one ended
 */
export function playHigh(play: KernelPlay, begin: number, useGap: UseGap): number {
  const { high, tally, watch } = play;
  const last = high.count - 1;
  let now = begin;
  for (let row = 0; ; row++) {
    const start = now;
    now += high.durations[row]!;
    if (watch !== null) watch(-1, row, start, now);
    if (row === last) break;
    const ready = readyAfter(play, row, now);
    const next = useGap(row, now, ready);
    if (next > ready) late(tally, next - ready);
    now = next;
  }
  tally.completion = now - play.arrival;
  return now;
}

/** When the operation after a row is ready that ended at `end`. */
export function readyAfter({ high, arrival, freeHost }: KernelPlay, row: number, end: number): number {
  if (!freeHost || high.kinds[row] !== 1) return end + high.idles[row]!;
  return Math.max(end, arrival + high.starts[row + 1]!);
}

export function late(tally: KernelTally, delay: number): void {
  tally.lateGaps++;
  if (delay > tally.latest) tally.latest = delay;
}

/** Runs the head of a low task, which is ready. @returns when it ends @param gapEnd  until when the device would have been idle */
export function runLow(play: KernelPlay, task: number, start: number, gapEnd: number): number {
  const { low, tally, watch } = play;
  const duration = low.duration(task);
  const end = start + duration;
  if (watch !== null) watch(task, low.row(task), start, end);
  low.ended(task, end);
  tally.lowWork += duration;
  tally.lowOperations++;
  if (start < gapEnd) tally.lowWorkInGaps += Math.min(end, gapEnd) - start;
  return end;
}

/** Low tasks by level, in turn within it, start operations before a time. @returns when the last one ended, at least that time */
export function runFreely(play: KernelPlay, from: number, until: number, gapEnd: number): number {
  const { low } = play;
  let now = from;
  while (now < until) {
    const task = low.pickByLevel(now);
    if (task < 0) {
      now = Math.min(until, low.nextReady(now));
      continue;
    }
    low.picked(task);
    now = runLow(play, task, now, gapEnd);
  }
  return now;
}

/** When the urgent task ended, the others run until they have ended too. */
export function runOut(play: KernelPlay, from: number, byLevel: boolean): void {
  const { low, tally, watch } = play;
  if (!play.preemption) return;
  let now = from;
  while (low.live > 0) {
    const task = byLevel ? low.pickByLevel(now) : low.pick(now);
    if (task < 0) {
      now = low.nextReady(now);
      continue;
    }
    low.picked(task);
    const start = now;
    now += low.duration(task);
    if (watch !== null) watch(task, low.row(task), start, now);
    low.ended(task, now);
    tally.lowOperations++;
  }
}

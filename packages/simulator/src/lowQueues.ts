import type { LowTask } from "./kernelGame.ts";

/**
 * Queues of the low tasks, of which only the head may run: it is ready as long after its predecessor's end as the idle time between them.
 * Columns of all tasks lie behind one another; a task's operations start over with every job.
 */
export class LowQueues {
  /** Number of tasks. */
  readonly count: number;
  /** Tasks that still have operations. */
  live: number;
  /** Per task: its priority, 0 first. */
  readonly levels: Int32Array;
  /** Per task: its head, as an index into the columns. */
  readonly heads: Int32Array;
  /** Per task: when its head is ready, ns; Infinity when it has ended. */
  readonly ready: Float64Array;
  /** Per task: when it ended, ns; NaN before. */
  readonly finishes: Float64Array;
  /** Per operation, ns. */
  readonly durations: Float64Array;
  /** Per operation: what is predicted of it, ns; Infinity when nothing is known. */
  readonly predicted: Float64Array;
  /** Per task: where its operations begin in the columns, and, one later, end. */
  readonly starts: Int32Array;
  /** Per task: jobs that are left, this one included. */
  readonly jobs: Float64Array;
  readonly #idles: Float64Array;
  /** Where the round begins from which a head is picked. */
  #turn = 0;

  constructor(tasks: readonly LowTask[], columns: LowColumns, predicted: Float64Array) {
    this.count = tasks.length;
    this.live = tasks.length;
    this.levels = Int32Array.from(tasks, ({ priority }) => priority);
    this.durations = columns.durations;
    this.#idles = columns.idles;
    this.predicted = predicted;
    this.starts = columns.starts;
    this.heads = columns.starts.slice(0, tasks.length);
    this.ready = new Float64Array(tasks.length);
    this.finishes = new Float64Array(tasks.length).fill(Number.NaN);
    this.jobs = Float64Array.from(tasks, ({ jobs }) => jobs ?? Number.POSITIVE_INFINITY);
  }

  /** The next in turn of those whose head is ready; −1 when none is. */
  pick(now: number): number {
    for (let k = this.#turn; k < this.count; k++) if (this.ready[k]! <= now) return k;
    for (let k = 0; k < this.#turn; k++) if (this.ready[k]! <= now) return k;
    return -1;
  }

  /** The next in turn of those on the lowest level whose head is ready; −1 when none is. */
  pickByLevel(now: number): number {
    let best = -1;
    let level = Number.POSITIVE_INFINITY;
    for (let i = 0, k = this.#turn; i < this.count; i++, k = k + 1 === this.count ? 0 : k + 1) {
      if (this.ready[k]! > now || this.levels[k]! >= level) continue;
      best = k;
      level = this.levels[k]!;
    }
    return best;
  }

  /** After a task was picked, the round goes on behind it. */
  picked(task: number): void {
    this.#turn = task + 1 === this.count ? 0 : task + 1;
  }

  /** BestPrioFit: of the ready heads predicted to take at most the budget, on the lowest level, the longest; ties go to the first; −1: none. */
  bestFit(now: number, budget: number, times: Float64Array): number {
    let best = -1;
    let level = Number.POSITIVE_INFINITY;
    let longest = -1;
    for (let k = 0; k < this.count; k++) {
      if (this.ready[k]! > now || this.levels[k]! > level) continue;
      const time = times[this.heads[k]!]!;
      if (time > budget || (this.levels[k] === level && time <= longest)) continue;
      best = k;
      level = this.levels[k]!;
      longest = time;
    }
    return best;
  }

  /** When the next head becomes ready that is not yet; Infinity when none does. */
  nextReady(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (let k = 0; k < this.count; k++) {
      const ready = this.ready[k]!;
      if (ready > now && ready < next) next = ready;
    }
    return next;
  }

  /** Kernel time of a task's head. */
  duration(task: number): number {
    return this.durations[this.heads[task]!]!;
  }

  /** Row of a task's head within its step. */
  row(task: number): number {
    return this.heads[task]! - this.starts[task]!;
  }

  /** The head has ended: the next one moves up. */
  ended(task: number, at: number): void {
    const head = this.heads[task]!;
    this.ready[task] = at + this.#idles[head]!;
    if (head + 1 < this.starts[task + 1]!) {
      this.heads[task] = head + 1;
      return;
    }
    this.heads[task] = this.starts[task]!;
    this.jobs[task]! -= 1;
    if (this.jobs[task]! > 0) return;
    this.ready[task] = Number.POSITIVE_INFINITY;
    this.finishes[task] = at;
    this.live--;
  }
}

/** Columns of all low tasks behind one another. */
export interface LowColumns {
  readonly durations: Float64Array;
  readonly idles: Float64Array;
  /** 0: idle time between operations launched together; else 1 or 2. */
  readonly kinds: Uint8Array;
  /** Where each task begins, and where the last one ends. */
  readonly starts: Int32Array;
}

export function toLowColumns(tasks: readonly LowTask[]): LowColumns {
  const starts = new Int32Array(tasks.length + 1);
  for (const [k, { step }] of tasks.entries()) starts[k + 1] = starts[k]! + step.durations.length;
  const total = starts[tasks.length]!;
  const columns = { durations: new Float64Array(total), idles: new Float64Array(total), kinds: new Uint8Array(total) };
  for (const [k, { step }] of tasks.entries()) {
    columns.durations.set(step.durations, starts[k]!);
    columns.idles.set(step.idles, starts[k]!);
    columns.kinds.set(step.idleKinds, starts[k]!);
  }
  return { ...columns, starts };
}

/** Predicted times of all low tasks behind one another; Infinity where nothing is known. */
export function toLowPredictions({ starts }: LowColumns, durations: readonly ArrayLike<number>[]): Float64Array {
  const predicted = new Float64Array(starts.at(-1)!).fill(Number.POSITIVE_INFINITY);
  for (const [k, column] of durations.entries())
    for (let row = 0; row < column.length; row++) predicted[starts[k]! + row] = column[row] ?? Number.POSITIVE_INFINITY;
  return predicted;
}

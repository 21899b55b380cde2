import type { WatchKernel } from "./kernelGame.ts";
import type { KernelPlay } from "./kernelPlay.ts";
import { type OrionRows, toOrionRows } from "./orionRows.ts";

/** The stream of a low task: operations are submitted to it, as far as its host has launched them, and run in order. */
export interface Stream {
  /** Of the next operation to be submitted: multiprocessors, as the profile has them, even more than the device has. */
  readonly need: number;
  readonly profile: number;
  readonly isMemory: boolean;
  readonly duration: number;
  /** Jobs whose operations were all submitted. */
  readonly job: number;
  /** Operations submitted that have not ended. */
  readonly outstanding: number;
  readonly isRunning: boolean;
  /** When its operation ends; Infinity when none runs. */
  readonly endsAt: number;
  /** Multiprocessors that its operation holds. */
  readonly holds: number;
  /** When the first operation that has not begun may begin. */
  readonly readyAt: number;
  /** Whether its host has launched an operation that was not yet submitted. */
  hasNext(now: number): boolean;
  submit(): void;
  canStart(now: number, room: number): boolean;
  /** @returns multiprocessors it takes */
  start(now: number, watch: WatchKernel | null): number;
  end(now: number): void;
  /** The next time after now at which something can happen with it. */
  nextEvent(now: number): number;
}

export function streamsOf(play: KernelPlay, multiprocessors: number): readonly Stream[] {
  const rows = toOrionRows(play.game.low, multiprocessors);
  return Array.from({ length: play.low.count }, (_, task) => new TaskStream(play, rows, task));
}

class TaskStream implements Stream {
  job = 0;
  outstanding = 0;
  endsAt = Number.POSITIVE_INFINITY;
  holds = 0;
  isRunning = false;
  readyAt = 0;
  readonly #play: KernelPlay;
  readonly #rows: OrionRows;
  readonly #task: number;
  readonly #jobs: number;
  /** The next operation to be submitted, as an index into the columns. */
  #next: number;
  /** Its host launches it without waiting for the one before. */
  #joined = false;

  constructor(play: KernelPlay, rows: OrionRows, task: number) {
    this.#play = play;
    this.#task = task;
    this.#rows = rows;
    this.#jobs = play.low.jobs[task]!;
    this.#next = play.low.starts[task]!;
  }

  get need(): number {
    return this.#rows.needs[this.#next]!;
  }

  get profile(): number {
    return this.#rows.profiles[this.#next]!;
  }

  get isMemory(): boolean {
    return this.#rows.memory[this.#next] === 1;
  }

  get duration(): number {
    return this.#play.low.durations[this.#next]!;
  }

  hasNext(now: number): boolean {
    return this.job < this.#jobs && (this.#joined || (this.outstanding === 0 && this.readyAt <= now));
  }

  submit(): void {
    const { kinds, idles, starts } = this.#play.lowColumns;
    this.outstanding++;
    this.#joined = kinds[this.#next] !== 1 || idles[this.#next] === 0;
    this.#next++;
    if (this.#next < starts[this.#task + 1]!) return;
    this.#next = starts[this.#task]!;
    this.job++;
  }

  canStart(now: number, room: number): boolean {
    return !this.isRunning && this.outstanding > 0 && this.readyAt <= now && this.#headNeed <= room;
  }

  start(now: number, watch: WatchKernel | null): number {
    const { low } = this.#play;
    this.isRunning = true;
    this.holds = this.#headNeed;
    this.endsAt = now + low.duration(this.#task);
    watch?.(this.#task, low.row(this.#task), now, this.endsAt);
    return this.holds;
  }

  end(now: number): void {
    this.isRunning = false;
    this.endsAt = Number.POSITIVE_INFINITY;
    this.outstanding--;
    const { low } = this.#play;
    low.ended(this.#task, now);
    this.readyAt = low.ready[this.#task]!;
  }

  nextEvent(now: number): number {
    if (this.isRunning) return this.endsAt;
    return this.readyAt > now ? this.readyAt : Number.POSITIVE_INFINITY;
  }

  /** Multiprocessors of the first operation that has not begun. */
  get #headNeed(): number {
    return this.#rows.held[this.#play.low.heads[this.#task]!]!;
  }
}

import type { KernelGame, LowTask } from "../../../packages/simulator/src/kernelGame.ts";

/** What a naive simulation counts, under the names that the fast one uses. */
export interface NaiveResult {
  completion: number;
  lowWork: number;
  lowWorkInGaps: number;
  lowOperations: number;
  lowFinishes: readonly (number | null)[];
  lateGaps: number;
  latest: number;
  dispatch: number;
  overPredicted: number | null;
  /** By time: whose operation runs, as "task/row". */
  readonly owners: string[];
}

export function emptyResult({ low }: KernelGame): NaiveResult {
  return {
    completion: -1,
    lowWork: 0,
    lowWorkInGaps: 0,
    lowOperations: 0,
    lowFinishes: low.map(() => null),
    lateGaps: 0,
    latest: 0,
    dispatch: 0,
    overPredicted: null,
    owners: [],
  };
}

/** A low task of which only the next operation may run. */
export class NaiveTask {
  finish: number | null = null;
  #done = 0;
  #ready = 0;
  readonly #task: LowTask;

  constructor(task: LowTask) {
    this.#task = task;
  }

  get over(): boolean {
    return this.finish !== null;
  }

  get row(): number {
    return this.#done % this.#task.step.durations.length;
  }

  get duration(): number {
    return this.#task.step.durations[this.row]!;
  }

  /** Its next operation is the last of all. */
  get isLast(): boolean {
    return this.#done + 1 === this.#task.step.durations.length * (this.#task.jobs ?? Number.POSITIVE_INFINITY);
  }

  isReady(now: number): boolean {
    return !this.over && this.#ready <= now;
  }

  end(now: number): void {
    this.#ready = now + this.#task.step.idles[this.row]!;
    if (this.isLast) this.finish = now;
    this.#done++;
  }
}

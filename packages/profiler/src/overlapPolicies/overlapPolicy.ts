import type { LowOperators } from "../overlap/lowOperators.ts";
import type { OverlapClock } from "../overlap/overlapTask.ts";

/** What a scheduler believes, ns. */
export interface OverlapPredictions {
  /** Idle time after each operator of the urgent task; 0: nothing is filled there. */
  readonly idles: readonly number[];
  /** Execution times of the operators of each low task; Infinity: not known, so it never fills a gap. */
  readonly executions: readonly (readonly number[])[];
  /** Operators of the urgent task with the same number share one prediction: what feedback is by. */
  readonly keys: readonly number[];
}

/** Everything policies can be told; each reads what concerns it. Times in whole ns. */
export interface OverlapSettings {
  /** Fill: gaps predicted to be shorter are left alone. */
  readonly minGap: number;
  /** Fill: what handing over one operator costs beyond its execution time. */
  readonly dispatch: number;
  /** Fill: a gap that turned out shorter than predicted lowers what is predicted for its key from then on. */
  readonly feedback: boolean;
  /** Fill: stops for the rest of the step when gaps have held up the urgent task by more than this; null: never. */
  readonly maxOverrun: number | null;
  readonly predictions: OverlapPredictions;
  /** Fifo: operators that each low task keeps in the queue, at least 1. */
  readonly window: number;
  /** Timeslice: execution time of a turn. */
  readonly quantum: number;
}

/** What a policy works with. */
export interface OverlapStage {
  readonly low: LowOperators;
  readonly clock: OverlapClock;
  readonly settings: OverlapSettings;
}

/** A policy at work; it may run low operators whenever it is asked. */
export interface OverlapRule {
  /** A step of the urgent task begins: its first operator is ready. @returns when it may run */
  arrive(): Promise<void>;
  /**
   * An operator of the urgent task has ended, and it was not the last. The next one is ready at `ready`: at `end`, when the host does not
   * wait. A scheduler may compare `ready` with the present, which is to see a launch; it may not look ahead.
   */
  afterHigh(row: number, end: number, ready: number): Promise<void>;
  /** Predicted idle time that was not there, so far in this step; null for policies that predict nothing. */
  overPredicted(): number | null;
}

/** A way in which tasks share a device operator by operator; none interrupts an operator. */
export interface OverlapPolicy {
  /** It in words. */
  readonly description: string;
  /** Its settings, in words. */
  readonly title: (settings: OverlapSettings) => string;
  /** Begins to work; what it learns it keeps from step to step. */
  readonly begin: (stage: OverlapStage) => OverlapRule;
}

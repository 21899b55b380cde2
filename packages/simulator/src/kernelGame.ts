import type { KernelSharing, KernelStep } from "@partitune/schema";

/** Operations of one task, in the order in which they run on the device. All columns have one entry per operation, times in whole ns. */
export interface KernelTask {
  readonly name: string;
  readonly step: KernelStep;
  /** Multiprocessors each operation needs; null where that is not known. Only Orion's policy asks. */
  readonly needs?: readonly (number | null)[];
  /** 1 bound by computing, 0 by memory, −1 not known. Only Orion's policy asks. */
  readonly profiles?: readonly number[];
  /** Whether an operation is a copy or a memset. Only Orion's policy asks. */
  readonly memory?: readonly boolean[];
}

/** A task whose operations may run while the urgent one leaves the device idle. */
export interface LowTask extends KernelTask {
  /** 0 (first) to 9. */
  readonly priority: number;
  /** How often it runs its operations; null: without end. */
  readonly jobs: number | null;
}

/** Tasks that meet on one device, before anything is said about how they share it. */
export interface KernelGame {
  /** co-run: all start at 0, the others run without end, and the game is over when the urgent task ends; preemption: the others start at 0 and end. */
  readonly scenario: KernelSharing["scenario"];
  /** The urgent task; it runs its operations once. */
  readonly high: KernelTask;
  readonly low: readonly LowTask[];
  /** When the urgent task arrives, ns; only for preemption. */
  readonly arrival?: number;
}

/** What a scheduler believes, ns. How it is estimated is nobody's business here. */
export interface KernelPredictions {
  /** Idle time after each operation of the urgent task; Infinity or a missing entry: not known, so nothing is filled there. */
  readonly idles: ArrayLike<number>;
  /** Execution times of the operations of each low task; Infinity or a missing entry: not known, so it never fills a gap. */
  readonly durations: readonly ArrayLike<number>[];
  /** Operations of the urgent task with the same whole number share one prediction: what feedback is by. */
  readonly keys?: ArrayLike<number>;
}

/** Sees every stretch of time that an operation has the device for: task −1 is the urgent one, else the index of a low task; row within its step. */
export type WatchKernel = (task: number, row: number, start: number, end: number) => void;

/** What one way of sharing did, once. Times in ns, from the arrival of the urgent task where nothing else is said. */
export interface KernelRun {
  /** When the urgent task ended. */
  readonly completion: number;
  /** When it would have ended alone. */
  readonly alone: number;
  /** Idle time in it, alone. */
  readonly idle: number;
  /** Kernel time of the low tasks until the urgent one ended. */
  readonly lowWork: number;
  /** Of it: inside gaps of the urgent task, as long as these would have been. */
  readonly lowWorkInGaps: number;
  /** When each low task ended, from 0; null when it runs without end, or not at all. */
  readonly lowFinishes: readonly (number | null)[];
  /** Gaps after which the urgent task went on later than it could have. */
  readonly lateGaps: number;
  /** The longest such delay. */
  readonly latest: number;
  /** Time spent handing over operations of low tasks. */
  readonly dispatch: number;
  /** Predicted idle time that was not there; null for policies that predict nothing. */
  readonly overPredicted: number | null;
  /** Operations of low tasks that ended, in the whole game. */
  readonly lowOperations: number;
  /** Operations of all tasks that ended. */
  readonly operations: number;
}

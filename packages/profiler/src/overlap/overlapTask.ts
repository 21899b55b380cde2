import type { KernelIdentity } from "@partitune/schema";

/** A task that a device runs operator by operator. */
export interface OverlapTask {
  readonly name: string;
  readonly identities: readonly KernelIdentity[];
  /** Its operators in the order in which they run, as indices into the identities. */
  readonly rows: readonly number[];
  /** Begins at the first operator; whoever runs it has intermediate results of his own. */
  begin(): RunOperator;
}

/** Runs an operator; the ones before it have run. After the last one comes the first again. */
export type RunOperator = (row: number) => Promise<void>;

/** The time of whoever runs tasks, in whole ns from an arbitrary start. */
export interface OverlapClock {
  now(): number;
  /** Returns at once when the time has passed. */
  waitUntil(time: number): Promise<void>;
}

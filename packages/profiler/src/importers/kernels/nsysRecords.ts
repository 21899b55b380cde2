import type { KernelIdentity } from "@partitune/schema";

/** What an operation of an Nsight Systems recording is. */
export const nsysKind = {
  kernel: 0,
  /** A copy or a fill. */
  memory: 1,
  /** One of the operations that a launched graph consists of. */
  node: 2,
  /** A whole graph, where its nodes were not recorded. */
  graph: 3,
} as const;

/** What an Nsight Systems recording holds of devices, column by column. Times are whole ns since the first of them. */
export interface NsysRecords {
  readonly operations: NsysOperations;
  readonly identities: readonly KernelIdentity[];
  /** Whether the file says when operations were launched; launches are then NaN only for those whose launch it lacks. */
  readonly launchesKnown: boolean;
  /** Whether copies and fills are among the operations. */
  readonly memoryKnown: boolean;
  readonly devices: ReadonlyMap<number, NsysDevice>;
  /** Named ranges of the program, in the order of their starts. */
  readonly ranges: readonly NsysRange[];
  /** Names of ranges, and how often each occurs. */
  readonly rangeNames: ReadonlyMap<string, number>;
  /** Lines and rows that could not be read, by what they are. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Operations for which several launches have the same correlation. */
  readonly ambiguous: number;
}

/** All columns have one entry per operation. */
export interface NsysOperations {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly launches: Float64Array;
  readonly devices: Float64Array;
  readonly streams: Float64Array;
  /** The same for operations that one call launched; NaN when not known. */
  readonly calls: Float64Array;
  /** Of the host; 0 when not known. */
  readonly processes: Float64Array;
  readonly identities: Int32Array;
  readonly kinds: Int32Array;
}

export interface NsysDevice {
  readonly name: string | null;
  readonly multiprocessors: number | null;
}

/** A named range of the host. */
export interface NsysRange {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly process: number;
}

import type { StepWindow } from "./deviceOperations.ts";
import type { MultiprocessorLimits } from "./multiprocessorsNeeded.ts";
import type { ScanEnd } from "./scanTraceEvents.ts";

/** What a Kineto trace holds that concerns the device, column by column. Times are whole ns since the first of them. */
export interface KinetoRecords {
  /** Executions on devices. */
  readonly operations: {
    readonly starts: Float64Array;
    readonly durations: Float64Array;
    readonly devices: Float64Array;
    readonly streams: Float64Array;
    /** NaN when it has none. */
    readonly correlations: Float64Array;
    /** Numbers of texts. */
    readonly names: Int32Array;
    /** Numbers of texts such as "[50, 1, 1]"; −1 when absent. */
    readonly grids: Int32Array;
    readonly blocks: Int32Array;
    /** 1 for copies and fills, which are known by their name alone. */
    readonly onMemory: Int32Array;
    /** 1 for a node of a graph. */
    readonly ofGraph: Int32Array;
    /** Registers of a thread × sharedMemoryUnits + bytes of shared memory of a block; −1 when not known. */
    readonly resources: Int32Array;
  };
  /** Calls of the host that have a correlation. */
  readonly launches: {
    readonly starts: Float64Array;
    readonly correlations: Float64Array;
    readonly names: Int32Array;
    readonly grids: Int32Array;
    readonly blocks: Int32Array;
  };
  readonly textOf: (id: number) => string;
  /** Steps in the order of their starts. */
  readonly windows: readonly StepWindow[];
  /** Annotations that are no steps, and how often each occurs. */
  readonly annotations: ReadonlyMap<string, number>;
  readonly devices: readonly KinetoDevice[];
  /** First time of the trace, whole µs; undefined when it has none. */
  readonly origin: bigint | undefined;
  /** Operations on devices that have no sound start or duration. */
  readonly unsound: { readonly withoutTime: number; readonly negative: number };
  readonly end: ScanEnd;
  /** What stopped the unpacking before the end; null when nothing did. */
  readonly damage: string | null;
}

/** More bytes of shared memory than a block can have. */
export const sharedMemoryUnits = 2 ** 19;

/** A device as the trace describes it. */
export interface KinetoDevice {
  readonly id: number;
  readonly name: string | null;
  readonly multiprocessors: number | null;
  /** Of one of its multiprocessors; null when the trace does not say all of it. */
  readonly limits: MultiprocessorLimits | null;
}

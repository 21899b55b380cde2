import type { KernelTrace, Made, Warning } from "@partitune/schema";
import type { OverlapTask } from "./overlapTask.ts";
import type { OverlapStep } from "./playOverlap.ts";

/** A recorded step and the waits that its host made. */
export interface RecordedStep {
  readonly step: OverlapStep;
  /** ns after each operator. */
  readonly gaps: readonly number[];
}

export interface OverlapTraceOptions {
  readonly deviceName: string | null;
  readonly made: Made;
  readonly warnings: readonly Warning[];
  readonly synthetic: boolean;
}

/**
 * Steps of a task that had the device for itself, as a trace. Idle time in a wait of the host can be filled; that between other operators
 * is what handing them over takes on this very thread, and cannot.
 */
export function toOverlapTrace(
  task: OverlapTask,
  steps: readonly RecordedStep[],
  options: OverlapTraceOptions,
): KernelTrace {
  const { deviceName, made, warnings, synthetic } = options;
  return {
    kind: "kernel-trace",
    version: 1,
    made,
    task: task.name,
    format: "operators",
    deviceName,
    multiprocessors: null,
    identities: task.identities,
    steps: steps.map(({ step: { starts, ends }, gaps }) => ({
      identities: task.rows,
      durations: ends.map((end, row) => end - starts[row]!),
      idles: ends.map((end, row) => (row + 1 < ends.length ? starts[row + 1]! - end : 0)),
      idleKinds: ends.map((_, row) => (row + 1 < ends.length && gaps[row]! > 0 ? 1 : 0)),
    })),
    between: [],
    gapsKnown: true,
    dropped: [],
    warnings,
    synthetic,
  };
}

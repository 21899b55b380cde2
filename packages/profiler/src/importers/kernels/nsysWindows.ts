import { basename } from "node:path";
import { InputError } from "@partitune/schema";
import type { DeviceOperations, StepWindow } from "./deviceOperations.ts";
import { findRepetition, type Repetition } from "./findRepetition.ts";
import type { ReadKernelsOptions } from "./kernelImporter.ts";
import type { NsysDeviceOperations } from "./nsysDeviceOperations.ts";
import type { NsysRecords } from "./nsysRecords.ts";

/** Steps of one device, and how they were found. */
export interface NsysWindows {
  readonly windows: readonly StepWindow[];
  /** The repetition that the steps are; null when they were marked or asked for. */
  readonly repetition: Repetition | null;
}

/** Name of the ranges that the PyTorch profiler marks steps with. */
const profilerStep = "ProfilerStep";
/** A repetition of less than this part of all operations is a part of a step rather than the step. */
const leastPart = 0.5;

/**
 * The steps of one device: named ranges of the processes that use it where these mark steps, else the rounds of a sequence of
 * operations that repeats itself.
 *
 * @returns undefined when neither is found
 */
export function nsysWindows(
  { ranges }: NsysRecords,
  { operations, processes }: NsysDeviceOperations,
  { wholeTrace, stepMarker }: ReadKernelsOptions,
): NsysWindows | undefined {
  if (wholeTrace === true)
    return { windows: [{ start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }], repetition: null };
  const isStep = markerTest(stepMarker ?? profilerStep);
  const marked = ranges.filter(({ name, process }) => processes.has(process) && isStep(name));
  if (marked.length > 0) return { windows: marked, repetition: null };
  return stepMarker === undefined ? repeated(operations) : undefined;
}

/** The marker alone, or followed by a number, such as `step`, `step 3`, `step_3`, `step#3`. */
function markerTest(marker: string): (name: string) => boolean {
  return (name) => name.startsWith(marker) && /^(?:[#_:\s-]*\d+)?$/.test(name.slice(marker.length));
}

function repeated({ starts, ends, launches, identities }: DeviceOperations): NsysWindows | undefined {
  const order = Array.from(starts.keys())
    .filter((row) => !Number.isNaN(launches[row]!))
    .sort((a, b) => launches[a]! - launches[b]! || starts[a]! - starts[b]!);
  let end = Number.NEGATIVE_INFINITY;
  const idles = order.map((row) => {
    const idle = starts[row]! - end;
    end = Math.max(end, ends[row]!);
    return idle;
  });
  const repetition = findRepetition(
    Int32Array.from(order, (row) => identities[row]!),
    Float64Array.from(idles),
  );
  if (repetition === undefined || repetition.rounds * repetition.period < leastPart * order.length) return undefined;
  const { first, period, rounds } = repetition;
  const begins = Array.from({ length: rounds + 1 }, (_, round) => order[first + round * period]);
  const last = launches[order[first + rounds * period - 1]!]!;
  const windows = begins.slice(0, -1).map((row, round) => {
    const next = begins[round + 1];
    return { start: launches[row!]!, end: next === undefined ? last + 1 : launches[next]! };
  });
  return { windows, repetition };
}

/** @returns the error that says why there are no steps, and what else could be one */
export function noNsysSteps(path: string, { rangeNames }: NsysRecords, { stepMarker }: ReadKernelsOptions): InputError {
  const names = [...rangeNames].filter(([, count]) => count >= 2).sort(([, a], [, b]) => b - a);
  const shown = names.slice(0, 5).map(([name, count]) => `"${name}" (${count} times)`);
  const choices = shown.length === 0 ? "" : `; ranges that repeat: ${shown.join(", ")}`;
  return new InputError({
    what: `file "${basename(path)}"`,
    problem:
      stepMarker === undefined
        ? `holds no steps: no range is named ${profilerStep}#N, and its operations do not repeat themselves`
        : `holds no range named "${stepMarker}"`,
    advice:
      rangeNames.size === 0
        ? "take the whole trace as one step with --whole-trace, or import the SQLite export of a recording with NVTX ranges around steps"
        : `name the range that encloses a step with --step-marker, or take the whole trace as one step with --whole-trace${choices}`,
  });
}

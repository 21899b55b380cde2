import { basename } from "node:path";
import { InputError, type KernelTrace, type Warning } from "@partitune/schema";
import { type BuiltSteps, buildSteps } from "./buildSteps.ts";
import { collectOnnxRuntime } from "./collectOnnxRuntime.ts";
import type { StepWindow } from "./deviceOperations.ts";
import type { FileHead, KernelReading, ReadKernelsOptions } from "./kernelImporter.ts";
import type { OnnxRuntimeRecords } from "./onnxRuntimeRecords.ts";
import { readChunks } from "./readChunks.ts";
import { stepWarnings } from "./stepWarnings.ts";

/** An array of events of which the first is of a session or of a node; the engine writes the one that loads the model first. */
export function recogniseOnnxRuntime({ text }: FileHead): boolean {
  return /^(?:\u00ef\u00bb\u00bf)?\s*\[\s*\{[^{}]*"cat"\s*:\s*"(?:Session|Node)"/.test(text);
}

/**
 * What a network ran on ONNX Runtime, from the profile it writes (`enable_profiling`), plain or gzipped, of any size: one step for each
 * `model_run`, its operators in order, the time between them as idle time. Times are whole µs. Where a build also profiles the
 * kernels of a GPU, these are read instead of the operators, as launched by the operator that encloses their launch.
 *
 * The identity is the kind of operator and the name of the node, or its number where it has none. Not read: shapes, memory, threads.
 *
 * @throws InputError when the file cannot be read, or states only when operators of a GPU were launched
 * @see https://onnxruntime.ai/docs/performance/tune-performance/profiling-tools.html
 */
export async function readOnnxRuntime(path: string, options: ReadKernelsOptions): Promise<KernelReading> {
  const file = basename(path);
  refuseDevices(file, options);
  const records = await collectOnnxRuntime(await readChunks(path), options.stepMarker ?? "model_run");
  refuseForeign(file, records);
  refuseLaunchTimes(file, records);
  if (records.operations.starts.length === 0)
    return { status: "empty", reason: `"${file}" holds no operator: the network was loaded, but not run` };
  const windows = options.wholeTrace === true ? [wholeTrace] : records.windows;
  if (windows.length === 0) throw noSteps(file, options);
  const built = buildSteps(records.operations, records.identities, windows, options.skipSteps);
  if (built.steps.length > 0)
    return { status: "read", traces: [{ device: null, trace: toTrace(file, records, built, windows, options) }] };
  if (built.skipped.steps === 0)
    return { status: "empty", reason: `"${file}" holds no operator inside its ${windows.length} runs` };
  throw new InputError({
    what: `file "${file}"`,
    problem: `holds only ${built.skipped.steps} runs, all of which are skipped`,
    advice: `skip fewer than ${built.skipped.steps}`,
  });
}

const wholeTrace: StepWindow = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };

function toTrace(
  file: string,
  records: OnnxRuntimeRecords,
  built: BuiltSteps,
  windows: readonly StepWindow[],
  { made, task }: ReadKernelsOptions,
): KernelTrace {
  return {
    kind: "kernel-trace",
    version: 1,
    made,
    task,
    format: "onnxruntime",
    deviceName: null,
    multiprocessors: null,
    identities: built.identities,
    steps: built.steps,
    between: built.between,
    gapsKnown: true,
    dropped: drops(records, built),
    warnings: [...warnings(file, records), ...stepWarnings({ file, built, windows })],
    synthetic: false,
  };
}

function drops({ end, left, ofGpu, nodes }: OnnxRuntimeRecords, built: BuiltSteps): KernelTrace["dropped"] {
  const counts = {
    "operators of which the kernels were read": ofGpu ? nodes : 0,
    "fences before and after operators": left.fences,
    "events without a sound time or duration": left.unsound,
    "operations outside all runs": built.outside,
    "runs without operations": built.emptyWindows,
    "runs skipped at the beginning": built.skipped.steps,
    "operations of skipped runs": built.skipped.operations,
    "operations without a launch in the profile": built.unlaunched,
    "bytes that could not be read": end.status === "complete" ? 0 : end.bytes - end.atByte,
  };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => ({ what, count }));
}

/** The engine stops recording here, and says so only in its log. */
const mostEvents = 1_000_000;
/** From here on a µs is below 5 % of the typical operator. */
const coarseBelowNs = 20_000;

function warnings(file: string, { end, damage, operations, ofGpu }: OnnxRuntimeRecords): readonly Warning[] {
  const found: Warning[] = [];
  const warn = (code: string, cause: string, advice: string) => found.push({ code, where: file, cause, advice });
  if (end.status !== "complete") {
    const why = damage === null ? "" : ` (unpacking stopped: ${damage})`;
    warn(
      "partial-trace",
      `only ${end.atByte} of ${end.bytes} bytes are the profile${why}; ${end.events} events were read`,
      "end the session, or its profiling, before copying the file",
    );
  }
  if (end.events >= mostEvents) {
    warn("full-profile", `it holds ${end.events} events, at which the engine stops recording`, "record fewer runs");
  }
  const durations = operations.starts.map((start, i) => operations.ends[i]! - start).sort();
  const typical = durations[durations.length >> 1]!;
  if (typical < coarseBelowNs) {
    warn(
      "coarse-times",
      `half of its operations take ${typical / 1000} µs or less, and times are whole µs`,
      "take single operations with care; sums are sound",
    );
  }
  warn(
    "traced-idle-times",
    `the engine writes down every ${ofGpu ? "kernel" : "operator"}, which lengthens the time between them`,
    "compare the length of a step with that of a run without profiling before relying on short idle times",
  );
  return found;
}

/** The profile numbers no devices: what ran on which provider belongs to one run. */
function refuseDevices(file: string, { device }: ReadKernelsOptions): void {
  if (device === undefined) return;
  throw new InputError({
    what: `device ${device}`,
    problem: `cannot be chosen: "${file}" is a profile of ONNX Runtime, which numbers no devices`,
    advice: "leave --device out",
  });
}

function refuseForeign(file: string, { end, damage }: OnnxRuntimeRecords): void {
  if (end.events > 0 || end.status === "complete") return;
  throw new InputError({
    what: `file "${file}"`,
    problem:
      damage === null
        ? `is no profile: nothing could be read of it up to byte ${end.atByte}`
        : `cannot be unpacked (${damage})`,
    advice: "give a profile that ONNX Runtime wrote, plain or gzipped",
  });
}

/** A provider for a GPU returns when the work is launched, so its operators' times are not those of the work. */
function refuseLaunchTimes(file: string, { asynchronous, ofGpu }: OnnxRuntimeRecords): void {
  if (asynchronous === null || ofGpu) return;
  throw new InputError({
    what: `file "${file}"`,
    problem: `holds times of the host for operators on "${asynchronous}": when they were launched, not how long they ran`,
    advice: "record kernels instead: with Nsight Systems, or with a build of ONNX Runtime that profiles the GPU",
  });
}

function noSteps(file: string, { stepMarker }: ReadKernelsOptions): InputError {
  return new InputError({
    what: `file "${file}"`,
    problem: `holds no event "${stepMarker ?? "model_run"}" of a session, so no step`,
    advice: "end the run before the profile, or take the whole of it as one step with --whole-trace",
  });
}

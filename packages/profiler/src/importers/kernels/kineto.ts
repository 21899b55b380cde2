import { basename } from "node:path";
import { InputError, type KernelTrace } from "@partitune/schema";
import { type BuiltSteps, buildSteps } from "./buildSteps.ts";
import { collectKineto } from "./collectKineto.ts";
import type { StepWindow } from "./deviceOperations.ts";
import { joinLaunches } from "./joinLaunches.ts";
import type { DeviceTrace, FileHead, KernelReading, ReadKernelsOptions } from "./kernelImporter.ts";
import { kinetoDeviceOperations } from "./kinetoDeviceOperations.ts";
import { kinetoDrops } from "./kinetoDrops.ts";
import { type IdentityTable, openIdentityTable } from "./kinetoIdentities.ts";
import { kinetoNeeds } from "./kinetoNeeds.ts";
import type { KinetoRecords } from "./kinetoRecords.ts";
import { kinetoWarnings } from "./kinetoWarnings.ts";
import { noSuchDevice } from "./noSuchDevice.ts";
import { readChunks } from "./readChunks.ts";
import { skippedAll } from "./skippedAll.ts";

/** Name of the annotations that the PyTorch profiler writes around steps. */
const profilerStep = "ProfilerStep";
const onlyKineto = /"(?:traceEvents|deviceProperties|schemaVersion|baseTimeNanoseconds)"\s*:/;

/** An object with the keys of a Chrome trace, or an array of its events; ONNX Runtime writes such arrays too, with categories of its own. */
export function recogniseKineto({ text }: FileHead): boolean {
  const begin = text.replace(/^\u00ef\u00bb\u00bf/, "").trimStart();
  if (begin.startsWith("{")) return onlyKineto.test(begin);
  return /^\[\s*\{/.test(begin) && /"ph"\s*:/.test(begin) && !/"cat"\s*:\s*"(?:Session|Node)"/.test(begin);
}

/**
 * Kernel traces from a trace of the PyTorch profiler (Kineto), plain or gzipped, of any size: the operations of each device (kernels,
 * copies, fills), joined to their launches by correlation, in the steps in which they were launched. Not read: call stacks,
 * shapes, memory events, flows, counters, and operations of the host.
 *
 * @throws InputError when the file cannot be read, or has no steps and none are chosen
 * @see https://pytorch.org/docs/stable/profiler.html
 */
export async function readKineto(path: string, options: ReadKernelsOptions): Promise<KernelReading> {
  const file = basename(path);
  const records = await collectKineto(await readChunks(path), options.stepMarker ?? profilerStep);
  refuseForeign(file, records);
  const devices = devicesOf(records);
  if (devices.length === 0) return { status: "empty", reason: nothingRan(file, records) };
  if (options.device !== undefined && !devices.includes(options.device))
    throw noSuchDevice(file, options.device, devices);
  const windows = options.wholeTrace === true ? [wholeTrace] : records.windows;
  if (windows.length === 0) throw noSteps(file, options, records.annotations);
  const { launchOf, ambiguous } = joinLaunches(records);
  const identities = openIdentityTable(records);
  const traces: DeviceTrace[] = [];
  for (const device of options.device === undefined ? devices : [options.device]) {
    const own = kinetoDeviceOperations(records, device, launchOf, identities);
    const built = buildSteps(own.operations, identities.list, windows, options.skipSteps);
    if (built.steps.length === 0 && built.skipped.steps > 0) throw skippedAll(file, built);
    if (built.steps.length === 0) continue;
    const context = { file, records, own, built, windows, ambiguous, device, launchOf };
    traces.push({
      device,
      trace: {
        ...toTrace(records, device, built, options, kinetoDrops(context), kinetoWarnings(context)),
        ...needsOf(built, identities, records, device),
      },
    });
  }
  if (traces.length > 0) return { status: "read", traces };
  return { status: "empty", reason: outsideSteps(file, windows) };
}

const wholeTrace: StepWindow = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };

function toTrace(
  { devices }: KinetoRecords,
  device: number,
  { identities, steps, between }: BuiltSteps,
  { made, task }: ReadKernelsOptions,
  dropped: KernelTrace["dropped"],
  warnings: KernelTrace["warnings"],
): KernelTrace {
  const known = devices.find(({ id }) => id === device);
  return {
    kind: "kernel-trace",
    version: 1,
    made,
    task,
    format: "kineto",
    deviceName: known?.name ?? null,
    multiprocessors: known?.multiprocessors ?? null,
    identities,
    steps,
    between,
    gapsKnown: true,
    dropped,
    warnings,
    synthetic: false,
  };
}

function needsOf(
  built: BuiltSteps,
  identities: IdentityTable,
  { devices }: KinetoRecords,
  device: number,
): Pick<KernelTrace, "needs"> {
  const needs = kinetoNeeds(
    built.identities,
    identities,
    devices.find(({ id }) => id === device),
  );
  return needs === undefined ? {} : { needs };
}

function devicesOf({ operations }: KinetoRecords): readonly number[] {
  return [...new Set(operations.devices)].sort((a, b) => a - b);
}

/** A file of which not even one event could be read is no trace. */
function refuseForeign(file: string, { end, damage }: KinetoRecords): void {
  if (end.events > 0 || end.status === "complete") return;
  throw new InputError({
    what: `file "${file}"`,
    problem:
      damage === null
        ? `is no Chrome trace: nothing could be read of it up to byte ${end.atByte}`
        : `cannot be unpacked (${damage})`,
    advice: "give a trace that the PyTorch profiler exported, plain or gzipped",
  });
}

function nothingRan(file: string, { end }: KinetoRecords): string {
  const lost = end.status === "complete" ? "" : `, of which only ${end.atByte} bytes could be read`;
  return `"${file}" holds no operation of a device: ${end.events} events${lost}; record it with the activities CPU and CUDA`;
}

function outsideSteps(file: string, windows: readonly StepWindow[]): string {
  return `"${file}" holds no operation that was launched inside its ${windows.length} steps; choose other annotations with --step-marker, or take it as one step with --whole-trace`;
}

function noSteps(
  file: string,
  { stepMarker }: ReadKernelsOptions,
  annotations: ReadonlyMap<string, number>,
): InputError {
  const repeated = [...annotations].filter(([, count]) => count >= 2).sort(([, a], [, b]) => b - a);
  const shown = repeated.slice(0, 5).map(([name, count]) => `"${name}" (${count} times)`);
  const choices = shown.length === 0 ? "" : `; annotations that repeat: ${shown.join(", ")}`;
  return new InputError({
    what: `file "${file}"`,
    problem: `holds no steps: no annotation is named ${stepMarker === undefined ? `${profilerStep}#N` : `"${stepMarker}"`}`,
    advice: `name the annotation that encloses a step with --step-marker, or take the whole trace as one step with --whole-trace${choices}`,
  });
}

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DeviceTrace, type KernelFormat, type KernelReading, kernelImporters } from "@partitune/profiler";
import { checkFile } from "@partitune/schema";
import { readFileHead } from "../../../../packages/profiler/src/importers/kernels/readFileHead.ts";

/** The traces of a reading that holds some, each checked as a file of its kind. */
export function tracesOf(reading: KernelReading): readonly DeviceTrace[] {
  if (reading.status === "empty") throw new Error(reading.reason);
  for (const { trace } of reading.traces) checkFile(JSON.parse(JSON.stringify(trace)), "test", "kernel-trace");
  return reading.traces;
}

/** The only trace of a reading. */
export function onlyTrace(reading: KernelReading) {
  const traces = tracesOf(reading);
  if (traces.length !== 1) throw new Error(`${traces.length} traces`);
  return traces[0]!.trace;
}

/** The formats that recognise a file. */
export function recognised(path: string): readonly string[] {
  const head = readFileHead(path);
  const formats = Object.keys(kernelImporters) as KernelFormat[];
  return formats.filter((format) => kernelImporters[format].recognise(head));
}

/** A hand-written file in a folder. */
export function writeInto(folder: string, name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

import { basename } from "node:path";
import { InputError, type KernelTrace } from "@partitune/schema";
import { type KernelFormat, kernelImporters } from "./index.ts";
import type { DeviceTrace, KernelImporter, ReadKernelsOptions } from "./kernelImporter.ts";
import { readFileHead } from "./readFileHead.ts";

/** How a trace is imported. */
export interface ImportKernelsOptions extends ReadKernelsOptions {
  /** Name of its format; recognised when absent. */
  readonly format?: KernelFormat;
}

/** The imported trace; or, where a sound file holds nothing to import, why. */
export type KernelImport =
  | { readonly status: "imported"; readonly trace: KernelTrace }
  | { readonly status: "empty"; readonly reason: string };

/**
 * A trace that another tool recorded → what one task ran on one device.
 *
 * @throws InputError when the file is not readable or of no known format, or holds several devices and none is chosen
 */
export async function importKernels(path: string, options: ImportKernelsOptions): Promise<KernelImport> {
  const { format, ...reading } = options;
  const importer: KernelImporter = kernelImporters[format ?? recognisedFormat(path)];
  const read = await importer.read(path, reading);
  return read.status === "empty" ? read : { status: "imported", trace: onlyOne(path, read.traces) };
}

function recognisedFormat(path: string): KernelFormat {
  const head = readFileHead(path);
  const formats = Object.keys(kernelImporters) as KernelFormat[];
  const found = formats.find((format) => kernelImporters[format].recognise(head));
  if (found !== undefined) return found;
  throw new InputError({
    what: `file "${basename(path)}"`,
    problem: head.bytes.length === 0 ? "is empty" : "is of no format that is known here",
    advice: `give a trace of one of ${formats.join(", ")}, or name its format with --format`,
  });
}

function onlyOne(path: string, traces: readonly DeviceTrace[]): KernelTrace {
  if (traces.length === 1) return traces[0]!.trace;
  const devices = traces.map(({ device }) => device).join(", ");
  throw new InputError({
    what: `file "${basename(path)}"`,
    problem: `holds steps on devices ${devices}`,
    advice: `choose one of them, for example --device ${traces[0]!.device}`,
  });
}

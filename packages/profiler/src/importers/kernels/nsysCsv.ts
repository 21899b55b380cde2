import { basename } from "node:path";
import { InputError } from "@partitune/schema";
import { collectNsysCsv } from "./collectNsysCsv.ts";
import type { FileHead, KernelReading, ReadKernelsOptions } from "./kernelImporter.ts";
import { nsysCsvHeader } from "./nsysCsvColumns.ts";
import { nsysTraces } from "./nsysTraces.ts";
import { splitCsvLine } from "./splitCsvLine.ts";

/** Some line is the header of a report; what `nsys stats` prints before it does not matter. */
export function recogniseNsysCsv({ text }: FileHead): boolean {
  const lines = text.replace(/^\u00ef\u00bb\u00bf/, "").split(/\r?\n/);
  return lines.some((line) => {
    if (!/\bname\b/i.test(line) || !line.includes(",")) return false;
    const fields = splitCsvLine(line);
    if (fields === undefined) return false;
    try {
      return nsysCsvHeader(fields, "", 0) !== undefined;
    } catch (error) {
      if (error instanceof InputError) return true;
      throw error;
    }
  });
}

/**
 * Kernel traces from a report of `nsys stats --format csv`, plain or gzipped: `cuda_gpu_trace` (`gputrace` in old releases), or `cuda_kern_exec_trace`, which also says
 * when kernels were launched. Lines before the header are passed over; units are those of the header.
 *
 * Steps are the rounds of the sequence of kernels, unless the whole is taken as one: reports hold no ranges.
 *
 * @throws InputError when the file is another report (of sums there is no order to read), or a unit is not known, or no steps are
 * found and the whole is not asked for
 * @see https://docs.nvidia.com/nsight-systems/UserGuide/index.html
 */
export async function readNsysCsv(path: string, options: ReadKernelsOptions): Promise<KernelReading> {
  if (options.stepMarker !== undefined) {
    throw new InputError({
      what: `file "${basename(path)}"`,
      problem: "is a report of Nsight Systems, which holds no ranges: --step-marker chooses nothing in it",
      advice: "leave --step-marker out, or import the SQLite export of the recording",
    });
  }
  return nsysTraces(path, "nsys-csv", await collectNsysCsv(path), options);
}

import { collectNsysSqlite } from "./collectNsysSqlite.ts";
import type { FileHead, KernelReading, ReadKernelsOptions } from "./kernelImporter.ts";
import { nsysTraces } from "./nsysTraces.ts";

/** Any SQLite file; one of another schema is refused when it is read. */
export function recogniseNsysSqlite({ text }: FileHead): boolean {
  return text.startsWith("SQLite format 3\0");
}

/**
 * Kernel traces from `nsys export --type sqlite`: kernels, copies, fills and whole graphs of each device, joined to their launches by process
 * and correlation. Columns are read by name, and tables that a release does not write or that would be empty may be absent.
 *
 * Steps are the named ranges (NVTX) `ProfilerStep#N`, or those asked for; without any, the rounds of the sequence of operations.
 *
 * The file is opened to read only, and of it nothing but operations, launches, ranges, and the names of these and of devices:
 * such files hold the environment of the recorded program, tokens included.
 *
 * @throws InputError when the file is no such export, the marked steps are missing, or the chosen device ran nothing
 * @see https://docs.nvidia.com/nsight-systems/UserGuide/index.html
 */
export async function readNsysSqlite(path: string, options: ReadKernelsOptions): Promise<KernelReading> {
  return nsysTraces(path, "nsys-sqlite", await collectNsysSqlite(path), options);
}

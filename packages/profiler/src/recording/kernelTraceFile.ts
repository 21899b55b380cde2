/** Folder of the kernel traces below that of a recording. */
export const kernelsFolder = "kernels";

/** Name of the file that holds a workload's kernel trace: its name, with what file systems or shells could take amiss replaced by its code. */
export function kernelTraceFile(workload: string): string {
  const safe = workload.replaceAll(
    /[^\p{L}\p{N}._-]|^[.-]/gu,
    (character) => `%${character.codePointAt(0)!.toString(16)}`,
  );
  return `${safe}.kernels.json`;
}

import type { KernelIdentity } from "./kernelTrace.ts";

/**
 * What an operation is recognised by as one text: its name, and the launch geometry where there is one.
 *
 * @example kernelText({ name: "gemm", grid: [8, 1, 1], block: [256, 1, 1] })  // "gemm|8,1,1|256,1,1"
 */
export function kernelText({ name, grid, block }: KernelIdentity): string {
  return grid === null && block === null ? name : `${name}|${grid ?? ""}|${block ?? ""}`;
}

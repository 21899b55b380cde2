import type { KernelIdentity } from "@partitune/schema";

/** An identity as one text. */
export function identityKey({ name, grid, block }: KernelIdentity): string {
  return grid === null && block === null ? name : `${name}|${grid}|${block}`;
}

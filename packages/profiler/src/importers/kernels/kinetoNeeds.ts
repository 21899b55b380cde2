import type { KernelIdentity } from "@partitune/schema";
import type { IdentityTable } from "./kinetoIdentities.ts";
import type { KinetoDevice } from "./kinetoRecords.ts";
import { multiprocessorsNeeded } from "./multiprocessorsNeeded.ts";

/** Multiprocessors that each identity needs, null where that is not known; undefined when nothing is known of any. */
export function kinetoNeeds(
  identities: readonly KernelIdentity[],
  table: IdentityTable,
  device: KinetoDevice | undefined,
): readonly (number | null)[] | undefined {
  const limits = device?.limits ?? null;
  if (limits === null) return undefined;
  const needs = identities.map((identity) => {
    const resources = table.resourcesOf(table.indexOf(identity));
    const { grid, block } = identity;
    if (resources === undefined || grid === null || block === null) return null;
    const [blocks, threadsPerBlock] = [grid, block].map(([x, y, z]) => x * y * z) as [number, number];
    return multiprocessorsNeeded({ ...resources, blocks, threadsPerBlock }, limits);
  });
  return needs.some((need) => need !== null) ? needs : undefined;
}

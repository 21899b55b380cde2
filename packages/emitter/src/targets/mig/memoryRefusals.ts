import { partitionMemory } from "@partitune/schema";
import type { Refusal } from "../../emission.ts";
import type { FleetCard } from "../fleet/fleetCards.ts";

/** MIG instances of a card whose tenants do not fit their memory. */
export function memoryRefusals({ pieces, kind }: FleetCard): readonly Refusal[] {
  return pieces.flatMap(({ id, partition, tenants }) => {
    const has = partitionMemory(partition, kind);
    const needed = tenants.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0);
    if (has === null || needed <= has) return [];
    const cause = `its tenants need ${mebibytes(needed)} MiB, and the instance has ${mebibytes(has)} MiB`;
    return [{ where: `piece "${id}"`, cause, advice: "give them a larger instance, or fewer processes" }];
  });
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}

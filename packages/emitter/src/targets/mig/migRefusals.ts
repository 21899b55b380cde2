import { partitionMemory } from "@partitune/schema";
import type { Refusal } from "../../emission.ts";
import type { FleetCard } from "../fleet/fleetCards.ts";

/** What of a card's MIG instances cannot be carried out: a start that is left open, tenants whose memory does not fit. */
export function migRefusals({ pieces, kind }: FleetCard): readonly Refusal[] {
  return pieces.flatMap(({ id, partition, tenants }): Refusal[] => {
    const where = `piece "${id}"`;
    const refusals: Refusal[] = [];
    if (partition.kind === "mig" && partition.start === undefined)
      refusals.push({ where, cause: "its plan does not say at which memory slice it begins", advice: "plan again" });
    const has = partitionMemory(partition, kind);
    const needed = tenants.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0);
    if (has !== null && needed > has)
      refusals.push({
        where,
        cause: `its tenants need ${mebibytes(needed)} MiB, and the instance has ${mebibytes(has)} MiB`,
        advice: "give them a larger instance, or fewer processes",
      });
    return refusals;
  });
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}

import type { FleetPiece, FleetTenant } from "@partitune/schema";

/**
 * The active thread percentage of each process of a tenant: its piece's share in whole percents, divided among its processes and rounded down, since
 * MPS limits clients and not groups of them. The processes then have what the plan's times assume, which were taken while all of them work.
 *
 * @returns undefined where nothing is to be limited: the whole card, or a static partition
 */
export function clientPercentage(
  { partition }: Pick<FleetPiece, "partition">,
  { processes }: Pick<FleetTenant, "processes">,
): number | undefined {
  if (partition.kind !== "mps-share") return undefined;
  return Math.floor((partition.share * 100) / processes + 1e-9);
}

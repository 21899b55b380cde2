import type { FleetPiece, FleetTenant } from "@partitune/schema";

/**
 * Copies of the resource with which a piece's tenants take turns; undefined when there is only one tenant, who needs none.
 *
 * The least common multiple of their processes: a turn of a tenant with p processes is p batches that take 1/p of the copies each, so as many run at
 * once, and nothing of anybody else.
 */
export function turnsTotal({ tenants }: Pick<FleetPiece, "tenants">): number | undefined {
  if (tenants.length === 1) return undefined;
  return tenants.reduce((multiple, { processes }) => (multiple * processes) / greatestDivisor(multiple, processes), 1);
}

/** Copies that a batch of one process of this tenant takes. */
export function turnsOfBatch(piece: Pick<FleetPiece, "tenants">, { processes }: FleetTenant): number | undefined {
  const total = turnsTotal(piece);
  return total === undefined ? undefined : total / processes;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

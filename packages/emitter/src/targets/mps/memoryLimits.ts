import type { Bytes, FleetTenant } from "@partitune/schema";
import type { FleetCard } from "../fleet/fleetCards.ts";

/**
 * What a process may hold beside what was measured of it: allocators keep freed blocks, libraries choose larger workspaces for a first batch, and
 * the driver's own part of a context differs between versions. A tenth of what was measured, at least 256 MiB, about one CUDA context.
 */
const headroomFraction = 0.1;
const leastHeadroomBytes: Bytes = 256 * 2 ** 20;

/**
 * The memory that each process of a tenant may allocate on its card, in whole MiB: what was measured of it and headroom, of which there is less
 * where the card has less to give. Tenants whose memory is not known have no limit.
 *
 * @returns by tenant id
 */
export function memoryLimits({ pieces, kind }: FleetCard): ReadonlyMap<string, number> {
  const measured = pieces
    .flatMap(({ tenants }) => tenants)
    .flatMap((tenant) =>
      tenant.memoryBytes === null ? [] : [{ tenant, each: tenant.memoryBytes / tenant.processes }],
    );
  const needed = measured.reduce((sum, { tenant, each }) => sum + tenant.processes * each, 0);
  const wanted = measured.reduce((sum, { tenant, each }) => sum + tenant.processes * headroom(each), 0);
  const part = Math.max(0, Math.min(1, (kind.memoryBytes - needed) / wanted));
  return new Map(
    measured.map(({ tenant, each }) => [tenant.id, Math.max(1, Math.floor((each + part * headroom(each)) / 2 ** 20))]),
  );
}

function headroom(bytes: Bytes): Bytes {
  return Math.max(leastHeadroomBytes, headroomFraction * bytes);
}

/** Memory of all tenants of a card together, as far as it is known. */
export function memoryNeeded(tenants: readonly FleetTenant[]): Bytes {
  return tenants.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0);
}

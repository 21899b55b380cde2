import type { PerSecond, Watts } from "@partitune/schema";
import type { Layout } from "./layout.ts";
import type { PackingProblem } from "./packingProblem.ts";

/** What a layout is worth. */
export interface LayoutValue {
  readonly gpus: number;
  /** Compute units of all pieces, over those of the GPUs in use. */
  readonly cutFraction: number;
  /** Requests per second that each service with a rate is safely answered, by name. */
  readonly capacity: ReadonlyMap<string, PerSecond>;
  /** The least capacity over rate of any service: by this factor all rates may grow. Infinite when nobody sends requests. */
  readonly loadFactor: number;
  /**
   * Power that the services add to the idle power of the GPUs at the stated rates, W: each tenant's power for the part of time in which it
   * works. null when a tenant's power was not measured.
   */
  readonly addedWatts: Watts | null;
}

/** The value of a layout under the stated rates, which spread over a service's pieces by what each can answer. */
export function layoutValue({ card, services }: PackingProblem, layout: Layout): LayoutValue {
  const pieces = layout.gpus.flatMap((gpu) => gpu.pieces);
  const capacity = new Map(services.filter((each) => each.ratePerSecond > 0).map(({ name }) => [name, 0]));
  for (const { service, ratePerSecond } of pieces.flatMap(({ tenants }) => tenants)) {
    capacity.set(service, capacity.get(service)! + ratePerSecond);
  }
  const load = new Map(services.map(({ name, ratePerSecond }) => [name, ratePerSecond / (capacity.get(name) ?? 1)]));
  let addedWatts: Watts | null = 0;
  for (const { tenants } of pieces) {
    const cycle = tenants.reduce((sum, { latencySeconds }) => sum + latencySeconds, 0);
    for (const { service, latencySeconds, powerWatts } of tenants) {
      const busy = (load.get(service)! * latencySeconds) / cycle;
      addedWatts = addedWatts === null || powerWatts === null ? null : addedWatts + powerWatts * busy;
    }
  }
  const compute = new Map(card.pieces.map((type) => [type.name, type.compute]));
  const cut = pieces.reduce((sum, { piece }) => sum + compute.get(piece)!, 0);
  return {
    gpus: layout.gpus.length,
    cutFraction: pieces.length === 0 ? 0 : cut / (card.compute * layout.gpus.length),
    capacity,
    loadFactor: Math.min(
      ...services.filter((each) => each.ratePerSecond > 0).map(({ name }) => 1 / load.get(name)!),
      Number.POSITIVE_INFINITY,
    ),
    addedWatts,
  };
}

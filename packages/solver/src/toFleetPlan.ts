import {
  type FleetGpu,
  type FleetPlan,
  type FleetTenant,
  InputError,
  type Made,
  type Optimality,
} from "@partitune/schema";
import { fleetPromises, type RoutedTenant } from "./fleetPromises.ts";
import type { Layout } from "./packing/layout.ts";
import { rowKey } from "./packing/rowKey.ts";
import { partitionOfPiece } from "./toCard.ts";
import type { FleetProblem } from "./toPackingProblem.ts";

/** Cards of one kind in one power mode, and how they are used. */
export interface FleetLayout {
  readonly fleet: FleetProblem;
  readonly layout: Layout;
}

/** What a fleet plan is made from. */
export interface FleetPlanInput {
  /** One per kind of card and power mode in use, or allowed; at least one. All serve the same services under the same rule. */
  readonly layouts: readonly FleetLayout[];
  readonly optimality: Optimality;
  readonly made: Made;
}

/**
 * A layout as the contract: cards with their pieces and tenants, the requests routed to each, what is promised, and how good it is.
 *
 * Requests of a service are spread over its tenants in proportion to what they can answer, unless the layout says otherwise. Cards are named
 * gpu0, gpu1 …, their pieces gpu0.0 …, tenants after their service.
 *
 * @throws InputError when a service's name is too long to name its tenants after it
 */
export function toFleetPlan({ layouts, optimality, made }: FleetPlanInput): FleetPlan {
  const fleets = layouts.map(({ fleet }) => fleet);
  const first = fleets[0]!;
  const tooLong = first.services.find(({ name }) => name.length > longestName);
  if (tooLong !== undefined)
    throw new InputError({
      what: `service "${tooLong.name}"`,
      problem: `has a name of ${tooLong.name.length} characters`,
      advice: `use at most ${longestName}, so that its tenants can be named after it`,
    });
  const routes = routeRequests(layouts);
  const byService = Map.groupBy(routes, ({ tenant }) => tenant.service);
  return {
    kind: "fleet-plan",
    version: 1,
    made,
    devices: [...new Map(fleets.map(({ device }) => [device.name, device])).values()],
    workloads: first.workloads,
    rule: first.problem.rule,
    interference: first.interference,
    synthetic: fleets.some(({ synthetic }) => synthetic),
    services: first.services,
    gpus: toGpus(layouts, routes),
    promises: first.services
      .filter(({ ratePerSecond }) => ratePerSecond > 0)
      .flatMap((service) => fleetPromises(service, byService.get(service.name) ?? [])),
    optimality,
  };
}

/** Of 200 characters that a name may have, some are left for the number of the tenant. */
const longestName = 190;

function routeRequests(layouts: readonly FleetLayout[]): readonly RoutedTenant[] {
  const placed = layouts.flatMap(({ fleet, layout }) =>
    layout.gpus.flatMap(({ pieces }) =>
      pieces.flatMap((piece) => piece.tenants.map((tenant) => ({ fleet, piece, tenant }))),
    ),
  );
  const byService = Map.groupBy(placed, ({ tenant }) => tenant.service);
  const services = new Map(layouts[0]!.fleet.services.map((service) => [service.name, service]));
  return placed.map((each) => {
    const own = byService.get(each.tenant.service)!.map(({ tenant }) => tenant);
    const { ratePerSecond } = services.get(each.tenant.service)!;
    const capacity = own.reduce((sum, tenant) => sum + tenant.ratePerSecond, 0);
    const share = ratePerSecond * (each.tenant.ratePerSecond / capacity);
    return { ...each, routedPerSecond: each.tenant.routedPerSecond ?? share };
  });
}

function toGpus(layouts: readonly FleetLayout[], routes: readonly RoutedTenant[]): readonly FleetGpu[] {
  const counts = new Map<string, number>();
  let next = 0;
  const toTenant = (fleet: FleetProblem): FleetTenant => {
    const route = routes[next]!;
    next += 1;
    const { service } = route.tenant;
    const number = counts.get(service) ?? 0;
    counts.set(service, number + 1);
    return tenantOf(fleet, route, `${service}-${number}`);
  };
  const gpus = layouts.flatMap(({ fleet, layout }) => layout.gpus.map((gpu) => ({ fleet, gpu })));
  return gpus.map(({ fleet, gpu }, g): FleetGpu => {
    const id = `gpu${g}`;
    return {
      id,
      device: fleet.device.name,
      powerMode: fleet.powerMode,
      pieces: gpu.pieces.map(({ piece, start, tenants }, p) => ({
        id: `${id}.${p}`,
        partition: partitionOfPiece(piece, start, fleet.partitions),
        tenants: tenants.map(() => toTenant(fleet)),
      })),
    };
  });
}

function tenantOf(fleet: FleetProblem, { tenant, piece, routedPerSecond }: RoutedTenant, id: string): FleetTenant {
  const model = fleet.services.find(({ name }) => name === tenant.service)!.workload;
  const { expected, slowdown } = fleet.planned.get(rowKey({ ...tenant, model, piece: piece.piece }))!;
  return {
    id,
    service: tenant.service,
    batch: tenant.batch,
    processes: tenant.processes,
    maxDelaySeconds: 0,
    ratePerSecond: routedPerSecond,
    capacityPerSecond: tenant.ratePerSecond,
    memoryBytes: tenant.memoryBytes,
    powerWatts: tenant.powerWatts,
    expected,
    slowdown,
  };
}

import type { Device } from "./device.ts";
import type { FleetPiece, FleetPlan, FleetService, FleetTenant } from "./fleetPlan.ts";
import { partitionFraction, partitionThreads } from "./partitionSize.ts";
import type { Plan, PlanPromise } from "./plan.ts";

/** What keeps a fleet plan from being a plan of placements, and what to do about it. */
export interface PlacementRefusal {
  readonly where: string;
  readonly cause: string;
  readonly advice: string;
}

/** A fleet plan as placements on one machine, or why it is none. */
export type Placements =
  | { readonly status: "placed"; readonly plan: Plan }
  | { readonly status: "refused"; readonly refusals: readonly PlacementRefusal[] };

/**
 * A fleet plan of one machine's processor as a plan that can be deployed there: every piece a placement that bears its tenant's id, every
 * service that has requests a demand for its workload. Expected times include the slowdown that was planned for.
 *
 * Refused is what a plan cannot say: other devices than a processor, several machines, tenants that take turns, several processes of a
 * tenant, and a workload that runs in several places.
 */
export function toPlacements(plan: FleetPlan): Placements {
  const [gpu] = plan.gpus;
  const device = plan.devices.find(({ name }) => name === gpu?.device);
  const refusals = refusalsOf(plan, device);
  if (gpu === undefined || device === undefined || refusals.length > 0) return { status: "refused", refusals };
  const placed = gpu.pieces.map((piece) => placedOf(plan, piece));
  return {
    status: "placed",
    plan: {
      kind: "plan",
      version: 1,
      made: plan.made,
      device,
      powerMode: gpu.powerMode,
      workloads: plan.workloads.filter(({ name }) => placed.some(({ service }) => service.workload === name)),
      demands: placed.map(({ service }) => demandOf(service)),
      placements: placed.map(({ piece, tenant, service }) => ({
        id: tenant.id,
        config: {
          workload: service.workload,
          powerMode: gpu.powerMode,
          partition: piece.partition,
          batch: tenant.batch,
        },
        threads: partitionThreads(piece.partition, device),
        maxDelaySeconds: tenant.maxDelaySeconds,
      })),
      promises: [...servicePromises(plan, placed), ...devicePromises(device, placed)],
      optimality: plan.optimality,
      service: placed.map(({ tenant }) => ({ placement: tenant.id, ...slowed(tenant) })),
      synthetic: plan.synthetic,
    },
  };
}

interface Placed {
  readonly piece: FleetPiece;
  readonly tenant: FleetTenant;
  readonly service: FleetService;
}

function placedOf({ services }: FleetPlan, piece: FleetPiece): Placed {
  const tenant = piece.tenants[0]!;
  return { piece, tenant, service: services.find(({ name }) => name === tenant.service)! };
}

function refusalsOf(plan: FleetPlan, device: Device | undefined): readonly PlacementRefusal[] {
  const { gpus, services } = plan;
  const pieces = gpus.flatMap((gpu) => gpu.pieces);
  const tenants = pieces.flatMap((piece) => piece.tenants);
  if (tenants.length === 0) return [refusal("the plan", "runs nothing", "plan for services that have requests")];
  if (gpus.length > 1)
    return [
      refusal(
        "the plan",
        `spreads over ${gpus.length} devices`,
        "ask for less, so that one machine suffices, or emit it for cards",
      ),
    ];
  if (device?.kind !== "cpu")
    return [
      refusal(
        `device "${gpus[0]!.device}"`,
        device === undefined ? "is none of the plan's devices" : "is no processor",
        "emit the plan for its cards, such as --target mps or --target mig",
      ),
    ];
  const workloadOf = (tenant: FleetTenant) => services.find(({ name }) => name === tenant.service)?.workload;
  return [
    ...pieces
      .filter((piece) => piece.tenants.length > 1)
      .map(({ id, tenants: { length } }) =>
        refusal(
          `piece "${id}"`,
          `is shared by ${length} tenants that take turns`,
          "plan with a method that shares no piece",
        ),
      ),
    ...tenants
      .filter(({ processes }) => processes > 1)
      .map(({ id, processes }) =>
        refusal(
          `tenant "${id}"`,
          `runs ${processes} processes, and a placement is one`,
          "plan from rows of one process",
        ),
      ),
    ...tenants
      .filter((tenant) => workloadOf(tenant) === undefined)
      .map(({ id, service }) => refusal(`tenant "${id}"`, `is of "${service}", no service of the plan`, "plan again")),
    ...[...Map.groupBy(tenants, workloadOf)]
      .filter(([workload, { length }]) => workload !== undefined && length > 1)
      .map(([workload, { length }]) =>
        refusal(`workload "${workload}"`, `runs in ${length} places`, "plan larger pieces, or give it one service"),
      ),
  ];
}

function refusal(where: string, cause: string, advice: string): PlacementRefusal {
  return { where, cause, advice };
}

function demandOf({
  name,
  workload,
  ratePerSecond,
  deadlineSeconds,
  percentile,
}: FleetService): Plan["demands"][number] {
  return {
    workload,
    ...(name === workload ? {} : { service: name }),
    ratePerSecond,
    deadlineSeconds,
    percentile,
  };
}

/** A fleet promises services, a plan its workloads. */
function servicePromises({ promises }: FleetPlan, placed: readonly Placed[]): readonly PlanPromise[] {
  return placed.flatMap(({ service }) =>
    promises.filter(({ subject }) => subject === service.name).map((each) => ({ ...each, subject: service.workload })),
  );
}

function devicePromises(device: Device, placed: readonly Placed[]): readonly PlanPromise[] {
  const scheme = device.partitionSchemes.find(({ kind }) => kind === "cpu-share");
  const shared = placed.every(({ piece }) => piece.partition.kind === "cpu-share");
  const share = placed.reduce((sum, { piece }) => sum + partitionFraction(piece.partition, device), 0);
  const memory = placed.map(({ tenant }) => tenant.memoryBytes);
  const bytes = memory.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  return [
    ...(scheme?.kind === "cpu-share" && shared ? [atMost("share", "share_fraction", scheme.total, share)] : []),
    ...(memory.includes(null) ? [] : [atMost("memory", "memory_bytes", device.memoryBytes, bytes)]),
  ];
}

function atMost(name: string, metric: PlanPromise["metric"], target: number, value: number): PlanPromise {
  const predicted = { value, low: null, high: value };
  return { id: `device ${name}`, subject: "device", metric, percentile: null, relation: "at-most", target, predicted };
}

function slowed({ expected, slowdown }: FleetTenant): FleetTenant["expected"] {
  return {
    ...expected,
    batches: expected.batches.map(({ batch, serviceSeconds, occupancySeconds }) => ({
      batch,
      serviceSeconds: serviceSeconds * slowdown,
      occupancySeconds: occupancySeconds * slowdown,
    })),
  };
}

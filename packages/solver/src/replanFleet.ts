import { type FleetGpu, type FleetPlan, type FleetTenant, InputError, type Made } from "@partitune/schema";
import type { ChangeCount } from "./changeCost.ts";
import { gpuOptimality } from "./fewestGpus.ts";
import type { Unservable } from "./packing/layout.ts";
import { type ReplanOptions, replanLayout } from "./replanLayout.ts";
import type { RunningGpu } from "./runningLayout.ts";
import { pieceName } from "./toCard.ts";
import { toFleetPlan } from "./toFleetPlan.ts";
import type { FleetProblem } from "./toPackingProblem.ts";

export type FleetReplan =
  | {
      readonly status: "packed";
      readonly plan: FleetPlan;
      readonly changes: ChangeCount;
      /** Whether no plan with as few GPUs changes less. */
      readonly proved: boolean;
      /** GPUs that a plan made afresh uses; null when `mostGpus` was given. */
      readonly afreshGpus: number | null;
    }
  | { readonly status: "unservable"; readonly services: readonly Unservable[] };

/** Names of the kinds of pieces that are limits of processes, so that another size costs a restart and no more. */
const limits: readonly string[] = ["mps-share", "cpu-share"];

/**
 * A plan for new demands that changes a running plan as little as possible; see {@link replanLayout}. Cards, pieces and tenants that stay keep
 * their names, and new ones get names that nobody had.
 *
 * @param fleet  the new demands, on the kind of card that the running plan uses
 * @throws InputError when the running plan is on another kind of card, or has pieces of which the problem knows nothing
 */
export async function replanFleet(
  fleet: FleetProblem,
  running: Pick<FleetPlan, "gpus">,
  { made, ...options }: ReplanOptions & { readonly made: Made },
): Promise<FleetReplan> {
  checkDevice(fleet, running);
  const resizable = (piece: string) => limits.includes(fleet.partitions.get(piece)?.kind ?? "");
  const answer = await replanLayout(fleet.problem, toRunning(running.gpus), { resizable, ...options });
  if (answer.status === "unservable") return answer;
  const { gpus, changes, proved, afreshGpus, bound } = answer;
  const plan = toFleetPlan({
    layouts: [{ fleet, layout: { card: fleet.problem.card.name, gpus } }],
    optimality: gpuOptimality("least change", gpus.length, bound),
    made,
  });
  return { status: "packed", plan: keepNames(plan, gpus, running.gpus), changes, proved, afreshGpus };
}

/** The running cards as re-planning sees them. */
function toRunning(gpus: readonly FleetGpu[]): readonly RunningGpu[] {
  return gpus.map(({ id, pieces }) => ({
    id,
    pieces: pieces.map((piece) => ({
      id: piece.id,
      piece: pieceName(piece.partition),
      start: piece.partition.kind === "mig" ? (piece.partition.start ?? 0) : 0,
      tenants: piece.tenants.map((tenant) => ({
        service: tenant.service,
        batch: tenant.batch,
        processes: tenant.processes,
        latencySeconds: tenant.slowdown * tenant.expected.batches.at(-1)!.serviceSeconds,
        ratePerSecond: tenant.capacityPerSecond,
        memoryBytes: tenant.memoryBytes,
        powerWatts: tenant.powerWatts,
      })),
    })),
  }));
}

/** The plan with the names that its cards, pieces and tenants have or had. */
function keepNames(plan: FleetPlan, named: readonly RunningGpu[], running: readonly FleetGpu[]): FleetPlan {
  const pieces = new Map(running.flatMap((gpu) => gpu.pieces.map((piece) => [piece.id, piece])));
  const taken = new Set([...pieces.values()].flatMap(({ tenants }) => tenants.map(({ id }) => id)));
  const next = new Map<string, number>();
  const fresh = (service: string) => {
    let n = next.get(service) ?? 0;
    while (taken.has(`${service}-${n}`)) n += 1;
    next.set(service, n + 1);
    return `${service}-${n}`;
  };
  return {
    ...plan,
    gpus: plan.gpus.map((gpu, g) => ({
      ...gpu,
      id: named[g]!.id,
      pieces: gpu.pieces.map((piece, p) => {
        const { id } = named[g]!.pieces[p]!;
        const was = pieces.get(id)?.tenants ?? [];
        return { ...piece, id, tenants: piece.tenants.map((tenant) => keepTenant(tenant, was, fresh)) };
      }),
    })),
  };
}

function keepTenant(tenant: FleetTenant, was: readonly FleetTenant[], fresh: (service: string) => string): FleetTenant {
  const own = was.find(({ service, processes }) => service === tenant.service && processes === tenant.processes);
  return { ...tenant, id: own?.id ?? fresh(tenant.service) };
}

function checkDevice({ device }: FleetProblem, { gpus }: Pick<FleetPlan, "gpus">): void {
  const other = gpus.find((gpu) => gpu.device !== device.name);
  if (other === undefined) return;
  throw new InputError({
    what: `GPU "${other.id}" of the running plan`,
    problem: `is a "${other.device}", and the new plan is for "${device.name}"`,
    advice: "re-plan cards of each kind apart, with a profile of that kind",
  });
}

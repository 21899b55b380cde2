import { type FleetTenant, partitionMemory } from "@partitune/schema";
import {
  cutPiece,
  destroyPiece,
  endTenant,
  type Fitting,
  startTenant,
  type World,
  type WorldGpu,
} from "./fleetWorld.ts";
import type { Act } from "./transitionActs.ts";

/** What an act takes from each service's capacity, requests per second; empty for acts that take none. */
export function lossOf(act: Act): ReadonlyMap<string, number> {
  const losses = new Map<string, number>();
  const add = (service: string, perSecond: number) => losses.set(service, (losses.get(service) ?? 0) + perSecond);
  if (act.kind === "clear") for (const each of act.piece.tenants) add(each.service, each.capacityPerSecond);
  if (act.kind === "leave") for (const each of act.tenants) add(each.service, each.capacityPerSecond);
  if (act.kind === "lower") add(act.tenant.service, act.was.capacityPerSecond - act.tenant.capacityPerSecond);
  return losses;
}

/** Whether the card has room for an act at this moment: a legal layout, memory, clients, and names that nobody has. */
export function hasRoom(world: World, fitting: Fitting, act: Act): boolean {
  if (act.kind !== "cut" && act.kind !== "join") return true;
  const gpu = world.gpus.get(act.gpu)!;
  const starting = act.kind === "cut" ? act.piece.tenants : act.tenants;
  if (starting.some(({ id }) => world.tenants.has(id)) || !holdsTenants(gpu, fitting, act.piece, starting))
    return false;
  if (act.kind === "join") return true;
  const partitions = [...gpu.pieces.values()].map(({ partition }) => partition);
  return !world.pieces.has(act.piece.id) && fitting.holds(gpu.device, [...partitions, act.piece.partition]);
}

/** A MIG instance has its own memory; all other pieces share the card's, and its clients. */
function holdsTenants(
  gpu: WorldGpu,
  fitting: Fitting,
  { id, partition }: { readonly id: string; readonly partition: FleetPartition },
  starting: readonly FleetTenant[],
): boolean {
  const device = fitting.deviceOf(gpu.device);
  const own = [...(gpu.pieces.get(id)?.tenants.values() ?? [])];
  const everywhere = [...gpu.pieces.values()].flatMap(({ tenants }) => [...tenants.values()]);
  const tenants = [...(partition.kind === "mig" ? own : everywhere), ...starting];
  const bytes = tenants.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0);
  if (bytes > (partitionMemory(partition, device) ?? bytes)) return false;
  if (partition.kind !== "mps-share") return true;
  const scheme = device.partitionSchemes.find(({ kind }) => kind === "mps-share");
  const clients = tenants.reduce((sum, { processes }) => sum + processes, 0);
  return scheme?.kind !== "mps-share" || clients <= scheme.clients;
}

type FleetPartition = Parameters<typeof partitionMemory>[0];

/** Does an act, whatever it costs. */
export function performAct(world: World, act: Act): void {
  switch (act.kind) {
    case "cut":
      cutPiece(world, act.gpu, act.piece);
      for (const tenant of act.piece.tenants) startTenant(world, act.gpu, act.piece.id, tenant);
      break;
    case "clear":
      for (const tenant of act.piece.tenants) endTenant(world, act.gpu, act.piece.id, tenant);
      destroyPiece(world, act.gpu, act.piece.id);
      break;
    case "leave":
      for (const tenant of act.tenants) endTenant(world, act.gpu, act.piece.id, tenant);
      break;
    case "join":
      for (const tenant of act.tenants) startTenant(world, act.gpu, act.piece.id, tenant);
      break;
    case "lower":
    case "raise":
      startTenant(world, act.gpu, act.piece.id, act.tenant);
      break;
    case "mode":
      world.gpus.get(act.gpu)!.powerMode = act.to;
      break;
  }
}

import {
  checkLayout,
  type Device,
  type FleetGpu,
  type FleetPiece,
  type FleetTenant,
  formatPartition,
  type Partition,
} from "@partitune/schema";

/** A piece while the fleet is changed. */
export interface WorldPiece {
  readonly id: string;
  readonly partition: Partition;
  readonly tenants: Map<string, FleetTenant>;
}

/** A card while the fleet is changed. */
export interface WorldGpu {
  readonly device: string;
  powerMode: string;
  readonly pieces: Map<string, WorldPiece>;
}

/** A fleet while it is changed: what is cut and who runs where at the moment. */
export interface World {
  readonly gpus: Map<string, WorldGpu>;
  /** Requests per second that each service is safely answered. */
  readonly capacity: Map<string, number>;
  readonly tenants: Set<string>;
  readonly pieces: Set<string>;
}

export function toWorld(gpus: readonly FleetGpu[]): World {
  const world: World = { gpus: new Map(), capacity: new Map(), tenants: new Set(), pieces: new Set() };
  for (const { id, device, powerMode, pieces } of gpus) {
    world.gpus.set(id, { device, powerMode, pieces: new Map() });
    for (const piece of pieces) {
      cutPiece(world, id, piece);
      for (const tenant of piece.tenants) startTenant(world, id, piece.id, tenant);
    }
  }
  return world;
}

export function copyWorld({ gpus, capacity, tenants, pieces }: World): World {
  return {
    gpus: new Map(
      [...gpus].map(([id, gpu]) => [
        id,
        {
          ...gpu,
          pieces: new Map([...gpu.pieces].map(([at, piece]) => [at, { ...piece, tenants: new Map(piece.tenants) }])),
        },
      ]),
    ),
    capacity: new Map(capacity),
    tenants: new Set(tenants),
    pieces: new Set(pieces),
  };
}

export function cutPiece(world: World, gpu: string, { id, partition }: Omit<FleetPiece, "tenants">): void {
  world.gpus.get(gpu)!.pieces.set(id, { id, partition, tenants: new Map() });
  world.pieces.add(id);
}

export function destroyPiece(world: World, gpu: string, piece: string): void {
  world.gpus.get(gpu)!.pieces.delete(piece);
  world.pieces.delete(piece);
}

/** Starts a tenant, or changes one that runs. */
export function startTenant(world: World, gpu: string, piece: string, tenant: FleetTenant): void {
  const { tenants } = world.gpus.get(gpu)!.pieces.get(piece)!;
  const was = tenants.get(tenant.id)?.capacityPerSecond ?? 0;
  tenants.set(tenant.id, tenant);
  world.tenants.add(tenant.id);
  addCapacity(world, tenant.service, tenant.capacityPerSecond - was);
}

export function endTenant(world: World, gpu: string, piece: string, tenant: FleetTenant): void {
  world.gpus.get(gpu)!.pieces.get(piece)!.tenants.delete(tenant.id);
  world.tenants.delete(tenant.id);
  addCapacity(world, tenant.service, -tenant.capacityPerSecond);
}

function addCapacity({ capacity }: World, service: string, perSecond: number): void {
  capacity.set(service, (capacity.get(service) ?? 0) + perSecond);
}

/** What a card can hold; asked often, so that answers are remembered. */
export interface Fitting {
  /** Whether these partitions are a legal layout of the device. */
  readonly holds: (device: string, partitions: readonly Partition[]) => boolean;
  readonly deviceOf: (name: string) => Device;
}

export function toFitting(devices: readonly Device[]): Fitting {
  const byName = new Map(devices.map((device) => [device.name, device]));
  const known = new Map<string, boolean>();
  return {
    deviceOf: (name) => byName.get(name)!,
    holds(device, partitions) {
      const key = JSON.stringify([device, partitions.map(formatPartition).sort()]);
      const fits = known.get(key) ?? checkLayout(byName.get(device)!, partitions).fits;
      known.set(key, fits);
      return fits;
    },
  };
}

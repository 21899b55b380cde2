import { type FleetGpu, type FleetPiece, formatPartition, migTableOf, type Partition } from "@partitune/schema";
import type { Fitting, World } from "./fleetWorld.ts";
import { hasRoom } from "./performAct.ts";
import type { Act } from "./transitionActs.ts";

/** A piece that one tenant has to itself in the old or the new fleet, and the kind of card it is planned for. */
interface Pattern {
  readonly device: string;
  readonly powerMode: string;
  readonly piece: FleetPiece;
}

/** Where temporary pieces may be, and what they may be like. */
export interface HelperPlaces {
  /** Service → pieces of it that can be copied, the one that answers most first. */
  readonly patterns: ReadonlyMap<string, readonly Pattern[]>;
  /** Cards that are in neither fleet and may be used on the way. */
  readonly spares: readonly string[];
}

/** Pieces that can be copied for a while: those with one tenant. */
export function toHelperPlaces(gpus: readonly FleetGpu[], spares: readonly string[]): HelperPlaces {
  const found = new Map<string, Pattern[]>();
  const seen = new Set<string>();
  for (const { device, powerMode, pieces } of gpus) {
    for (const piece of pieces) {
      const [tenant] = piece.tenants;
      if (tenant === undefined || piece.tenants.length > 1) continue;
      const key = JSON.stringify([
        device,
        powerMode,
        sizeOf(piece.partition),
        tenant.service,
        tenant.capacityPerSecond,
      ]);
      if (seen.has(key)) continue;
      seen.add(key);
      found.set(tenant.service, [...(found.get(tenant.service) ?? []), { device, powerMode, piece }]);
    }
  }
  const capacity = ({ piece }: Pattern) => piece.tenants[0]!.capacityPerSecond;
  return {
    patterns: new Map([...found].map(([service, own]) => [service, own.sort((a, b) => capacity(b) - capacity(a))])),
    spares,
  };
}

function sizeOf(partition: Partition): string {
  return partition.kind === "mig" ? partition.profile : formatPartition(partition);
}

/** A place that is kept free. */
export interface Reserved {
  readonly gpu: string;
  readonly partition: Partition;
}

/**
 * A temporary piece for a service that lacks capacity: a copy of one of its pieces in free room, the smallest that suffices, else the largest; on a
 * spare card when no other has room. Reserved places are left free.
 *
 * @param shortages  requests per second by service
 * @returns the act that cuts it; null when there is room for none
 */
export function helperFor(
  world: World,
  fitting: Fitting,
  { patterns, spares }: HelperPlaces,
  shortages: ReadonlyMap<string, number>,
  reserved: readonly Reserved[],
): Extract<Act, { kind: "cut" }> | null {
  const inUse = [...world.gpus.keys()].filter((gpu) => !spares.includes(gpu));
  for (const cards of [inUse, spares]) {
    for (const [service, perSecond] of shortages) {
      const own = patterns.get(service) ?? [];
      const enough = own.filter(({ piece }) => piece.tenants[0]!.capacityPerSecond >= perSecond).toReversed();
      for (const pattern of [...enough, ...own.filter((each) => !enough.includes(each))]) {
        const act = placeCopy(world, fitting, pattern, cards, reserved);
        if (act !== null) return act;
      }
    }
  }
  return null;
}

function placeCopy(
  world: World,
  fitting: Fitting,
  { device, powerMode, piece }: Pattern,
  cards: readonly string[],
  reserved: readonly Reserved[],
): Extract<Act, { kind: "cut" }> | null {
  for (const gpu of cards) {
    const card = world.gpus.get(gpu)!;
    if (card.device !== device || card.powerMode !== powerMode) continue;
    const kept = reserved.filter((each) => each.gpu === gpu).map(({ partition }) => partition);
    for (const partition of placesOf(piece.partition, fitting, device)) {
      const act = { kind: "cut", gpu, piece: copyPiece(world, gpu, piece, partition) } as const;
      if (fitting.holds(device, [partition, ...kept]) && hasRoom(world, fitting, act)) return act;
    }
  }
  return null;
}

/** A MIG instance may begin at each of its starts. */
function placesOf(partition: Partition, fitting: Fitting, device: string): readonly Partition[] {
  if (partition.kind !== "mig") return [partition];
  const profile = migTableOf(fitting.deviceOf(device))?.profiles.find(({ name }) => name === partition.profile);
  return (profile?.starts ?? []).map((start) => ({ ...partition, start }));
}

function copyPiece(world: World, gpu: string, { tenants }: FleetPiece, partition: Partition): FleetPiece {
  const [tenant] = tenants;
  const id = fresh(world.tenants, `${tenant!.service}-temporary`);
  return { id: fresh(world.pieces, `${gpu}.temporary`), partition, tenants: [{ ...tenant!, id }] };
}

function fresh(taken: ReadonlySet<string>, stem: string): string {
  let n = 0;
  while (taken.has(`${stem}-${n}`)) n += 1;
  return `${stem}-${n}`;
}

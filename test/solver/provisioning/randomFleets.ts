import { type Random, seededRandom } from "@partitune/numerics";
import { devices } from "@partitune/profiler";
import {
  type FleetGpu,
  type FleetPiece,
  type FleetTenant,
  maximalLayouts,
  migTableOf,
  type Partition,
} from "@partitune/schema";
import type { TransitionEnd } from "@partitune/solver";
import { exampleTenant } from "../../schema/exampleFleetPlan.ts";

/** A fleet before and after a change. */
export interface FleetPair {
  readonly before: TransitionEnd;
  readonly after: TransitionEnd;
}

const device = devices.a100;
const plainLayouts = maximalLayouts(migTableOf(devices.a100)!).filter((layout) =>
  layout.every(({ profile }) => !profile.includes("+")),
);

/** Synthetic fleets on A100: some cards are cut anew, some pieces serve another service, some tenants run in another configuration. */
export function randomFleets(seed: number, cut: "mig" | "mps", cards: number, services: number): FleetPair {
  const random = seededRandom(seed);
  const gpus = Array.from({ length: cards }, (_, g) => randomGpu(random, `gpu${g}`, cut, services, "a"));
  const next = gpus.flatMap((gpu): readonly FleetGpu[] => {
    const dice = random.next();
    if (dice < 0.3) return [randomGpu(random, gpu.id, cut, services, "b")];
    if (dice < 0.4) return cards > 1 ? [] : [gpu];
    return [{ ...gpu, pieces: gpu.pieces.map((piece) => changed(random, piece, services)) }];
  });
  const extra = random.next() < 0.4 ? [randomGpu(random, `gpu${cards}`, cut, services, "c")] : [];
  return { before: toEnd(random, gpus, services), after: toEnd(random, [...next, ...extra], services) };
}

function randomGpu(random: Random, id: string, cut: "mig" | "mps", services: number, tag: string): FleetGpu {
  const partitions = cut === "mig" ? randomInstances(random) : randomShares(random);
  const pieces = partitions.map((partition, p): FleetPiece => {
    const name = `${id}.${tag}${p}`;
    const count = random.next() < 0.15 ? 2 : 1;
    const first = random.integer(services);
    const tenants = Array.from({ length: Math.min(count, services) }, (_, t) =>
      tenantFor(random, `${name}-${t}`, (first + t) % services, sizeOf(partition) / count),
    );
    return { id: name, partition, tenants };
  });
  return { id, device: device.name, powerMode: device.powerModes[0]!.name, pieces };
}

function randomInstances(random: Random): readonly Partition[] {
  const layout = plainLayouts[random.integer(plainLayouts.length)]!;
  const kept = layout.filter(() => random.next() < 0.85);
  return (kept.length > 0 ? kept : layout).map(({ profile, start }) => ({ kind: "mig", profile, start }));
}

function randomShares(random: Random): readonly Partition[] {
  const shares: Partition[] = [];
  for (let left = 10; left > 0; ) {
    const tenths = 1 + random.integer(left);
    if (random.next() < 0.85 || shares.length === 0) shares.push({ kind: "mps-share", share: tenths / 10 });
    left -= tenths;
  }
  return shares;
}

function sizeOf(partition: Partition): number {
  return partition.kind === "mps-share"
    ? 7 * partition.share
    : Number(partition.kind === "mig" && partition.profile[0]);
}

function tenantFor(random: Random, id: string, service: number, size: number): FleetTenant {
  return exampleTenant(id, `s${service}`, 0.005, {
    capacityPerSecond: Math.round(100 * size * (0.9 + 0.2 * random.next())) / 2,
    memoryBytes: (1 + random.integer(4)) * 1024 ** 3,
    processes: 1 + random.integer(2),
  });
}

function changed(random: Random, piece: FleetPiece, services: number): FleetPiece {
  const dice = random.next();
  if (dice > 0.4 || piece.tenants.length > 1) return piece;
  const [tenant] = piece.tenants;
  if (dice < 0.1)
    return { ...piece, tenants: [exampleTenant(tenant!.id, tenant!.service, 0.005, { ...tenant, batch: 8 })] };
  if (dice < 0.2) return { ...piece, tenants: [{ ...tenant!, processes: tenant!.processes + 1 }] };
  if (dice < 0.25) return { ...piece, tenants: [{ ...tenant!, capacityPerSecond: tenant!.capacityPerSecond * 0.8 }] };
  const other = tenantFor(random, `${tenant!.id}-other`, random.integer(services), sizeOf(piece.partition));
  return { ...piece, tenants: [other] };
}

/** Services ask for a part of what they are answered; requests spread evenly. */
function toEnd(random: Random, gpus: readonly FleetGpu[], services: number): TransitionEnd {
  const tenants = gpus.flatMap(({ pieces }) => pieces.flatMap((piece) => piece.tenants));
  const load = 0.4 + 0.6 * random.next();
  const demands = Array.from({ length: services }, (_, s) => {
    const own = tenants.filter(({ service }) => service === `s${s}`);
    const capacity = own.reduce((sum, { capacityPerSecond }) => sum + capacityPerSecond, 0);
    return {
      name: `s${s}`,
      workload: "resnet50",
      ratePerSecond: load * capacity,
      deadlineSeconds: 0.1,
      percentile: 0.99,
    };
  });
  const routed = gpus.map((gpu) => ({
    ...gpu,
    pieces: gpu.pieces.map((piece) => ({
      ...piece,
      tenants: piece.tenants.map((tenant) => ({ ...tenant, ratePerSecond: load * tenant.capacityPerSecond })),
    })),
  }));
  return { devices: [device], services: demands, gpus: routed, synthetic: true };
}

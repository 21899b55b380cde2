import type { Tenant } from "./packing/layout.ts";
import type { RunningGpu, RunningPiece } from "./runningLayout.ts";

/** What a change costs, in any unit: only the proportions matter. */
export interface ChangeCosts {
  /** Another largest batch: the process runs on. */
  readonly setting: number;
  /** A service's processes end and start again on the same piece, or on a share of another size. */
  readonly restart: number;
  /** A piece is given up. */
  readonly destroy: number;
  /** A piece stays and serves another service. */
  readonly replace: number;
  /** A piece is cut. */
  readonly create: number;
  /** A GPU is taken into use, and cut for the first time. */
  readonly gpu: number;
}

/** In the order in which changes disturb: a piece that is given another service costs less than one destroyed and another created. */
export const defaultChangeCosts: ChangeCosts = {
  setting: 1,
  restart: 3,
  destroy: 4,
  replace: 6,
  create: 12,
  gpu: 40,
};

/** What becomes of the pieces of a running fleet. */
export interface ChangeCount {
  /** Pieces that stay exactly as they are. */
  readonly kept: number;
  /** Pieces that stay with another batch or number of processes. */
  readonly adjusted: number;
  /** Pieces that stay and get a tenant of another service. */
  readonly replaced: number;
  readonly destroyed: number;
  readonly created: number;
  /** All but those kept. */
  readonly touched: number;
  readonly cost: number;
}

/**
 * Counts what changes between two fleets. Pieces are the same when GPU and piece have the same names.
 *
 * @param resizable  pieces that are no more than limits of their processes, such as MPS shares: one of a service that gives way to one of
 * another size on the same GPU costs a restart
 */
export function countChanges(
  before: readonly RunningGpu[],
  after: readonly RunningGpu[],
  costs: ChangeCosts = defaultChangeCosts,
  resizable: (piece: string) => boolean = () => false,
): ChangeCount {
  const old = new Map(before.map((gpu) => [gpu.id, gpu.pieces]));
  const count = { kept: 0, adjusted: 0, replaced: 0, destroyed: 0, created: 0, cost: 0 };
  for (const gpu of after) {
    const own = old.get(gpu.id) ?? [];
    const stays = new Map(own.map((piece) => [piece.id, piece]));
    for (const piece of gpu.pieces) {
      const was = stays.get(piece.id);
      if (was === undefined) continue;
      const cost = tenantCost(was.tenants, piece.tenants, costs);
      count.cost += cost;
      if (cost === 0) count.kept += 1;
      else if (sameServices(was.tenants, piece.tenants)) count.adjusted += 1;
      else count.replaced += 1;
    }
    if (own.length === 0 && gpu.pieces.length > 0) count.cost += costs.gpu;
  }
  const next = new Map(after.map((gpu) => [gpu.id, gpu.pieces]));
  for (const id of new Set([...old.keys(), ...next.keys()])) {
    const destroyed = without(old.get(id) ?? [], next.get(id) ?? []);
    const created = without(next.get(id) ?? [], old.get(id) ?? []);
    const resized = countResized(destroyed, created, resizable);
    count.destroyed += destroyed.length;
    count.created += created.length;
    count.cost += costs.destroy * (destroyed.length - resized) + costs.create * (created.length - resized);
    count.cost += costs.restart * resized;
  }
  return { ...count, touched: count.adjusted + count.replaced + count.destroyed + count.created };
}

/** What it costs to turn the tenants of a piece into others. */
export function tenantCost(before: readonly Tenant[], after: readonly Tenant[], costs: ChangeCosts): number {
  const old = new Map(before.map((tenant) => [tenant.service, tenant]));
  const joined = after.filter(({ service }) => !old.has(service)).length;
  const left = before.length - (after.length - joined);
  const stay = after.reduce((sum, tenant) => {
    const was = old.get(tenant.service);
    if (was === undefined) return sum;
    if (was.processes !== tenant.processes) return sum + costs.restart;
    return was.batch === tenant.batch ? sum : sum + costs.setting;
  }, 0);
  return stay + costs.replace * Math.max(joined, left);
}

function sameServices(a: readonly Tenant[], b: readonly Tenant[]): boolean {
  return a.length === b.length && a.every(({ service }) => b.some((other) => other.service === service));
}

/** Pieces that the other list does not have. */
function without(pieces: readonly RunningPiece[], others: readonly RunningPiece[]): readonly RunningPiece[] {
  const ids = new Set(others.map(({ id }) => id));
  return pieces.filter(({ id }) => !ids.has(id));
}

/** Pairs of a piece that is given up and one that is cut, both of one service alone. */
function countResized(
  destroyed: readonly RunningPiece[],
  created: readonly RunningPiece[],
  resizable: (piece: string) => boolean,
): number {
  const services = (pieces: readonly RunningPiece[]) =>
    pieces.filter(({ piece, tenants }) => tenants.length === 1 && resizable(piece)).map((p) => p.tenants[0]!.service);
  const waiting = services(created);
  return services(destroyed).filter((service) => {
    const at = waiting.indexOf(service);
    if (at >= 0) waiting.splice(at, 1);
    return at >= 0;
  }).length;
}

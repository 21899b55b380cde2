import type { FleetPiece, FleetTenant, FleetTransition, Partition } from "@partitune/schema";

/**
 * A piece during a transition. Step i takes the time from i to i + 1: a piece that step i creates is there from i + 1 on, one that it destroys
 * until i. Pieces that are there before have `from` −1, those that stay have `to` as the number of steps and one.
 */
export interface PieceLife {
  readonly gpu: string;
  readonly piece: string;
  readonly partition: Partition;
  /** Begin of the step that creates it, or −1. */
  readonly from: number;
  /** End of the step that destroys it, or the end. */
  readonly to: number;
  readonly created: boolean;
  readonly destroyed: boolean;
  readonly tenants: readonly TenantLife[];
}

/** A tenant with the same settings from a step on: it is sent requests between `servesFrom` and `servesTo`. */
export interface TenantLife {
  readonly tenant: FleetTenant;
  readonly from: number;
  readonly servesFrom: number;
  readonly servesTo: number;
  readonly to: number;
  /** True during the step that changes its settings. */
  readonly adjusting: boolean;
}

type Change<T> = { -readonly [K in keyof T]: T[K] };
interface OpenPiece extends Omit<Change<PieceLife>, "tenants"> {
  readonly tenants: Change<TenantLife>[];
}

/** Every piece of a transition with everything that runs on it, card by card in the order in which they first come. */
export function transitionLives({ before, steps }: FleetTransition): PieceLife[] {
  const end = steps.length + 1;
  const lives: OpenPiece[] = before.flatMap(({ id, pieces }) =>
    pieces.map((piece) => ({ ...open(id, piece.id, piece.partition, -1, end), tenants: tenantsOf(piece, end) })),
  );
  const find = (gpu: string, piece: string) => lives.findLast((life) => life.gpu === gpu && life.piece === piece);
  for (const [i, step] of steps.entries()) {
    if (step.action === "set-power-mode") continue;
    if (step.action === "create") lives.push({ ...open(step.gpu, step.piece, step.partition, i, end), created: true });
    const life = find(step.gpu, step.piece);
    if (life === undefined) continue;
    if (step.action === "destroy") Object.assign(life, { to: i + 1, destroyed: true });
    if (step.action === "start") {
      life.tenants.push({ tenant: step.tenant, from: i, servesFrom: i + 1, servesTo: end, to: end, adjusting: false });
    }
    if (step.action === "adjust") adjust(life, step.tenant, i, end);
    if (step.action === "drain" || step.action === "stop") {
      const own = life.tenants.findLast(({ tenant }) => tenant.id === step.tenant);
      if (own !== undefined) own.servesTo = Math.min(own.servesTo, i);
      if (own !== undefined && step.action === "stop") own.to = i + 1;
    }
  }
  return [...Map.groupBy(lives, ({ gpu }) => gpu).values()].flat();
}

function open(gpu: string, piece: string, partition: Partition, from: number, to: number): OpenPiece {
  return { gpu, piece, partition, from, to, created: false, destroyed: false, tenants: [] };
}

function tenantsOf({ tenants }: FleetPiece, end: number): Change<TenantLife>[] {
  return tenants.map((tenant) => ({ tenant, from: -1, servesFrom: -1, servesTo: end, to: end, adjusting: false }));
}

/** While a tenant is adjusted, only what both settings can do is counted on. */
function adjust(life: OpenPiece, tenant: FleetTenant, i: number, end: number): void {
  const own = life.tenants.findLast((each) => each.tenant.id === tenant.id);
  if (own === undefined) return;
  Object.assign(own, { servesTo: i, to: i });
  const both = Math.min(own.tenant.capacityPerSecond, tenant.capacityPerSecond);
  const during = { ...tenant, capacityPerSecond: both };
  life.tenants.push({ tenant: during, from: i, servesFrom: i, servesTo: i + 1, to: i + 1, adjusting: true });
  life.tenants.push({ tenant, from: i + 1, servesFrom: i + 1, servesTo: end, to: end, adjusting: false });
}

/**
 * Requests per second that the running tenants of a service can safely answer: before the first step, during each of them, and after the last.
 *
 * @returns steps + 2 numbers; the first is before all steps, the last after them
 */
export function capacityOver(lives: readonly PieceLife[], service: string, steps: number): number[] {
  const tenants = lives.flatMap((life) => life.tenants.filter(({ tenant }) => tenant.service === service));
  return Array.from({ length: steps + 2 }, (_, k) => {
    const serving = tenants.filter(({ servesFrom, servesTo }) => servesFrom <= k - 1 && servesTo >= k);
    return serving.reduce((sum, { tenant }) => sum + tenant.capacityPerSecond, 0);
  });
}

import { type FleetGpu, type FleetPiece, type FleetTenant, formatPartition } from "@partitune/schema";

/** Something that is done to a card in one go, and that may have to wait for the rest of the fleet. */
export type Act =
  /** Cut a piece and start its tenants. */
  | { readonly kind: "cut"; readonly gpu: string; readonly piece: FleetPiece }
  /** Drain and stop the tenants of a piece and give it up. */
  | { readonly kind: "clear"; readonly gpu: string; readonly piece: FleetPiece }
  /** Drain and stop tenants of a piece that stays. */
  | {
      readonly kind: "leave";
      readonly gpu: string;
      readonly piece: FleetPiece;
      readonly tenants: readonly FleetTenant[];
    }
  /** Start tenants on a piece that stays. */
  | {
      readonly kind: "join";
      readonly gpu: string;
      readonly piece: FleetPiece;
      readonly tenants: readonly FleetTenant[];
    }
  /** Change a tenant that runs on, by which it answers fewer requests. */
  | {
      readonly kind: "lower";
      readonly gpu: string;
      readonly piece: FleetPiece;
      readonly was: FleetTenant;
      readonly tenant: FleetTenant;
    }
  /** Change a tenant that runs on, by which it answers at least as many. */
  | {
      readonly kind: "raise";
      readonly gpu: string;
      readonly piece: FleetPiece;
      readonly was: FleetTenant;
      readonly tenant: FleetTenant;
    }
  | { readonly kind: "mode"; readonly gpu: string; readonly from: string; readonly to: string };

/** An act, and the positions of those that come first in any case. */
export interface OrderedAct {
  readonly act: Act;
  readonly first: readonly number[];
}

/** Whether an act takes capacity away; all others add to it or leave it. */
export function isLoss({ kind }: Act): boolean {
  return kind === "clear" || kind === "leave" || kind === "lower";
}

/**
 * Everything that has to be done to make one fleet of another, and what has to wait for what on one card:
 *
 * - tenants leave a piece before others join it, as turns get longer with each;
 * - a tenant that is to answer fewer requests because of new neighbours is changed before they start, one that is to answer more after the old
 *   ones have left;
 * - the power mode changes when nothing runs that was planned for the old one alone, and before anything starts that was planned for the new.
 */
export function toActs(before: readonly FleetGpu[], after: readonly FleetGpu[]): readonly OrderedAct[] {
  const old = new Map(before.map((gpu) => [gpu.id, gpu]));
  const next = new Map(after.map((gpu) => [gpu.id, gpu]));
  const all: OrderedAct[] = [];
  for (const id of new Set([...old.keys(), ...next.keys()])) {
    const acts = actsOfGpu(id, old.get(id), next.get(id));
    const offset = all.length;
    all.push(...acts.map((act, i) => ({ act, first: firstOf(acts, i).map((at) => at + offset) })));
  }
  return all;
}

function actsOfGpu(gpu: string, old: FleetGpu | undefined, next: FleetGpu | undefined): readonly Act[] {
  const was = old?.pieces ?? [];
  const becomes = next?.pieces ?? [];
  const partner = (piece: FleetPiece, others: readonly FleetPiece[]) => others.find((other) => isSame(piece, other));
  const mode: readonly Act[] =
    old !== undefined && next !== undefined && old.powerMode !== next.powerMode
      ? [{ kind: "mode", gpu, from: old.powerMode, to: next.powerMode }]
      : [];
  return [
    ...mode,
    ...was
      .filter((piece) => partner(piece, becomes) === undefined)
      .map((piece): Act => ({ kind: "clear", gpu, piece })),
    ...becomes.filter((piece) => partner(piece, was) === undefined).map((piece): Act => ({ kind: "cut", gpu, piece })),
    ...becomes.flatMap((piece) => {
      const own = partner(piece, was);
      return own === undefined ? [] : actsOfPiece(gpu, own, piece);
    }),
  ];
}

/** Whether a piece of the new fleet is one of the old: the same name at the same place. */
export function isSame(a: FleetPiece, b: FleetPiece): boolean {
  return a.id === b.id && formatPartition(a.partition) === formatPartition(b.partition);
}

/** Whether a tenant runs on: the same processes of the same service. */
export function runsOn(a: FleetTenant, b: FleetTenant): boolean {
  return a.id === b.id && a.service === b.service && a.processes === b.processes;
}

function actsOfPiece(gpu: string, was: FleetPiece, piece: FleetPiece): readonly Act[] {
  const partner = (tenant: FleetTenant, others: readonly FleetTenant[]) =>
    others.find((other) => runsOn(tenant, other));
  const leaving = was.tenants.filter((tenant) => partner(tenant, piece.tenants) === undefined);
  const joining = piece.tenants.filter((tenant) => partner(tenant, was.tenants) === undefined);
  return [
    ...(leaving.length === 0 ? [] : [{ kind: "leave", gpu, piece, tenants: leaving } as const]),
    ...piece.tenants.flatMap((tenant): readonly Act[] => {
      const own = partner(tenant, was.tenants);
      if (own === undefined || !isAdjusted(own, tenant)) return [];
      const kind = tenant.capacityPerSecond < own.capacityPerSecond ? "lower" : "raise";
      return [{ kind, gpu, piece, was: own, tenant }];
    }),
    ...(joining.length === 0 ? [] : [{ kind: "join", gpu, piece, tenants: joining } as const]),
  ];
}

/** Whether a tenant that runs on changes in more than the rate that is sent to it. */
function isAdjusted(was: FleetTenant, tenant: FleetTenant): boolean {
  return (
    was.batch !== tenant.batch ||
    was.maxDelaySeconds !== tenant.maxDelaySeconds ||
    was.capacityPerSecond !== tenant.capacityPerSecond
  );
}

function firstOf(acts: readonly Act[], i: number): readonly number[] {
  const act = acts[i]!;
  const positions = (matches: (other: Act) => boolean) =>
    [...acts.keys()].filter((at) => at !== i && matches(acts[at]!));
  const losses = () => positions(isLoss);
  const mode = () => positions(({ kind }) => kind === "mode");
  const onPiece = (other: Act) => "piece" in act && "piece" in other && other.piece.id === act.piece.id;
  switch (act.kind) {
    case "clear":
    case "leave":
      return [];
    case "mode":
      return losses();
    case "lower":
      return positions((other) => other.kind === "leave" && onPiece(other));
    case "cut": {
      const neighbours = act.piece.partition.kind !== "mig";
      return [...mode(), ...(neighbours ? positions(({ kind }) => kind === "lower") : [])];
    }
    case "join":
      return [...mode(), ...positions((other) => isLoss(other) && onPiece(other))];
    case "raise": {
      const slowed = act.tenant.slowdown < act.was.slowdown;
      return [...mode(), ...positions((other) => (slowed ? isLoss(other) : other.kind === "leave" && onPiece(other)))];
    }
  }
}

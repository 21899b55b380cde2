import { type FleetGpu, type FleetPiece, type FleetTenant, formatPartition } from "@partitune/schema";

/** Cards that are cut alike and run the same on every piece. */
export interface CardGroup {
  /** The first of them. */
  readonly card: FleetGpu;
  /** Names of all, in the plan's order. */
  readonly ids: readonly string[];
  /** The load of every tenant, piece by piece as the first card has them: rate over capacity, all cards of the group together. */
  readonly loads: readonly (readonly number[])[];
  /** Ids of the pieces that lie in one place of all cards, place by place as the first card has them, with their cards. */
  readonly places: readonly (readonly { readonly gpu: string; readonly piece: string }[])[];
}

/** Groups equal cards, in the order in which they first come. Names and loads may differ within a group. */
export function cardGroups(cards: readonly FleetGpu[]): CardGroup[] {
  const groups = Map.groupBy(cards, (card) =>
    JSON.stringify([card.device, card.powerMode, byPlace(card.pieces).map(describePiece)]),
  );
  return [...groups.values()].map((alike) => {
    const ordered = alike.map((card) => byPlace(card.pieces));
    return {
      card: { ...alike[0]!, pieces: ordered[0]! },
      ids: alike.map(({ id }) => id),
      loads: ordered[0]!.map(({ tenants }, p) =>
        tenants.map((_, t) => loadOf(ordered.map((pieces) => pieces[p]!.tenants[t]!))),
      ),
      places: ordered[0]!.map((_, p) => ordered.map((pieces, c) => ({ gpu: alike[c]!.id, piece: pieces[p]!.id }))),
    };
  });
}

/** Requests sent over requests that can be safely answered, 0 when nothing is sent. */
export function loadOf(tenants: readonly Pick<FleetTenant, "ratePerSecond" | "capacityPerSecond">[]): number {
  const sum = (key: "ratePerSecond" | "capacityPerSecond") => tenants.reduce((total, each) => total + each[key], 0);
  return tenants.length === 0 ? 0 : sum("ratePerSecond") / sum("capacityPerSecond");
}

/** MIG instances by their starts; all others by what they are, so that the order they were written in does not matter. */
function byPlace(pieces: readonly FleetPiece[]): readonly FleetPiece[] {
  const keyed = pieces.map((piece) => ({ piece, start: startOf(piece), key: describePiece(piece) }));
  return keyed
    .sort((a, b) => a.start - b.start || (a.key < b.key ? 1 : a.key > b.key ? -1 : 0))
    .map(({ piece }) => piece);
}

function startOf({ partition }: FleetPiece): number {
  return partition.kind === "mig" ? (partition.start ?? 0) : 0;
}

function describePiece({ partition, tenants }: FleetPiece): string {
  return JSON.stringify([
    formatPartition(partition),
    tenants.map(({ service, batch, processes }) => [service, batch, processes]),
  ]);
}

import { type ChangeCosts, countChanges } from "./changeCost.ts";
import type { Tenant } from "./packing/layout.ts";
import type { RunningGpu } from "./runningLayout.ts";

/** A piece of a new plan, and the running piece that it is. */
export interface DraftPiece {
  readonly piece: string;
  readonly start: number;
  readonly tenants: readonly Tenant[];
  /** Name of the running piece that stays; absent when it is to be cut. */
  readonly from?: string;
}

/** A new plan in the making: the pieces of every GPU by the GPU's name, of unused ones none. */
export type Draft = ReadonlyMap<string, readonly DraftPiece[]>;

/** GPUs in use. */
export function gpusUsed(draft: Draft): number {
  return [...draft.values()].filter((pieces) => pieces.length > 0).length;
}

/** What each service is safely answered. */
export function capacities(pieces: Iterable<{ readonly tenants: readonly Tenant[] }>): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { tenants } of pieces) {
    for (const { service, ratePerSecond } of tenants) sums.set(service, (sums.get(service) ?? 0) + ratePerSecond);
  }
  return sums;
}

/** The plan with a name for every piece: those that stay keep theirs, new ones get names that nobody had. Unused GPUs are left out. */
export function nameDraft(draft: Draft, running: readonly RunningGpu[]): readonly RunningGpu[] {
  const taken = new Set(running.flatMap(({ pieces }) => pieces.map(({ id }) => id)));
  return [...draft].flatMap(([id, pieces]) => {
    if (pieces.length === 0) return [];
    let next = 0;
    const fresh = () => {
      while (taken.has(`${id}.${next}`)) next += 1;
      taken.add(`${id}.${next}`);
      return `${id}.${next}`;
    };
    const named = pieces.map(({ from, ...piece }) => ({ id: from ?? fresh(), ...piece }));
    return [{ id, pieces: named.toSorted((a, b) => a.start - b.start) }];
  });
}

export function costOf(
  draft: Draft,
  running: readonly RunningGpu[],
  costs: ChangeCosts,
  resizable: (piece: string) => boolean,
): number {
  return countChanges(running, nameDraft(draft, running), costs, resizable).cost;
}

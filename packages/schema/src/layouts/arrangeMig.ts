import type { MigInstance, MigProfile, MigTable } from "../mig.ts";
import { findMigProfile } from "./findMigProfile.ts";
import { startsBeside } from "./freeStarts.ts";
import { type Sized, sized } from "./slices.ts";

/**
 * Starts for instances of these profiles beside those that exist: the arrangement that leaves the most ways to add another instance, which
 * keeps a card from being fragmented (a 3g goes to slice 4, where it blocks less than at 0). Of equals the one with the lowest starts.
 *
 * Complete: searches every arrangement.
 *
 * @param profiles  names, in any order; a profile as often as there should be instances of it
 * @param existing  instances that stay where they are, legal together
 * @returns one start per entry of `profiles`, in its order; null when no arrangement is legal
 * @throws InputError for a profile that the table has not
 */
export function arrangeMig(
  table: MigTable,
  profiles: readonly string[],
  existing: readonly MigInstance[] = [],
): readonly number[] | null {
  const wanted = profiles.map((name, at) => ({
    at,
    profile: findMigProfile({ partitionSchemes: [table] }, name).profile,
  }));
  const order = wanted.toSorted(
    (a, b) => b.profile.size - a.profile.size || a.profile.id - b.profile.id || a.at - b.at,
  );
  const slices = [...order, ...existing.map((each) => sized(table, each))].reduce(
    (sum, { profile }) => sum + profile.size,
    0,
  );
  if (slices > table.memorySlices) return null;
  const search: Search = { table, best: null, freedom: -1 };
  descend(
    search,
    order.map(({ profile }) => profile),
    existing.map((each) => sized(table, each)),
    [],
  );
  if (search.best === null) return null;
  const starts = new Map(order.map(({ at }, i) => [at, search.best![i]!]));
  return profiles.map((_, at) => starts.get(at)!);
}

interface Search {
  readonly table: MigTable;
  best: readonly number[] | null;
  freedom: number;
}

/** Equal profiles stand side by side and get rising starts, so that no arrangement is tried twice. */
function descend(
  search: Search,
  order: readonly MigProfile[],
  layout: readonly Sized[],
  starts: readonly number[],
): void {
  const profile = order[starts.length];
  if (profile === undefined) {
    const freedom = freedomOf(search.table, layout);
    if (freedom > search.freedom) Object.assign(search, { best: starts, freedom });
    return;
  }
  const after = order[starts.length - 1] === profile ? starts.at(-1)! : -1;
  for (const start of startsBeside(profile, layout)) {
    if (start > after) descend(search, order, [...layout, { profile, start, size: profile.size }], [...starts, start]);
  }
}

/** In how many ways one more instance can be added. */
function freedomOf({ profiles }: MigTable, layout: readonly Sized[]): number {
  return profiles.reduce((sum, profile) => sum + startsBeside(profile, layout).length, 0);
}

import type { MigInstance, MigProfile, MigTable } from "../mig.ts";
import { findMigProfile } from "./findMigProfile.ts";
import { startsBeside } from "./freeStarts.ts";
import type { Sized } from "./slices.ts";

/**
 * Every legal layout of a card: all sets of MIG instances that may exist at once, the empty one left out.
 *
 * Instances stand in the order of their starts. Eight memory slices have 297 layouts of 1g, 2g, 3g, 4g and 7g, 722 with the 1g of double memory.
 *
 * @param profiles  names of the profiles to use, by default all of the table but those that differ from another in its extensions alone
 *   (`+me`, `+gfx`, `-me`), which would only repeat every layout
 * @throws InputError for a profile that the table has not
 */
export function enumerateLayouts(table: MigTable, profiles?: readonly string[]): readonly (readonly MigInstance[])[] {
  return grow(chosen(table, profiles)).map(toInstances);
}

/**
 * The legal layouts to which no instance of these profiles can be added; every other one is a part of one of them. Eight memory slices have 19 of
 * 1g, 2g, 3g, 4g and 7g.
 *
 * @param profiles  as for {@link enumerateLayouts}
 * @throws InputError for a profile that the table has not
 */
export function maximalLayouts(table: MigTable, profiles?: readonly string[]): readonly (readonly MigInstance[])[] {
  const used = chosen(table, profiles);
  return grow(used)
    .filter((layout) => used.every((profile) => startsBeside(profile, layout).length === 0))
    .map(toInstances);
}

function chosen(table: MigTable, names: readonly string[] | undefined): readonly MigProfile[] {
  if (names === undefined) return table.profiles.filter(({ name }) => !/[+-]/.test(name));
  return [...new Set(names)].map((name) => findMigProfile({ partitionSchemes: [table] }, name).profile);
}

/** Depth first, each instance to the right of those before it, so that every set is made once. */
function grow(profiles: readonly MigProfile[], layout: readonly Sized[] = []): (readonly Sized[])[] {
  const from = layout.length === 0 ? -1 : layout.at(-1)!.start;
  return profiles.flatMap((profile) =>
    startsBeside(profile, layout)
      .filter((start) => start > from)
      .flatMap((start) => {
        const grown = [...layout, { profile, start, size: profile.size }];
        return [grown, ...grow(profiles, grown)];
      }),
  );
}

function toInstances(layout: readonly Sized[]): readonly MigInstance[] {
  return layout.map(({ profile, start }) => ({ profile: profile.name, start }));
}

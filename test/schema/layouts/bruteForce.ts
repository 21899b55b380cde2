import type { MigInstance, MigTable } from "@partitune/schema";

/**
 * An independent judge of MIG layouts: occupied slices as bits of a number, all subsets of all placements.
 *
 * @returns every legal non-empty set of instances, each as sorted text such as "1g.10gb@0 3g.40gb@4"
 */
export function legalSets(table: MigTable, profiles: readonly string[]): ReadonlySet<string> {
  const places = placesOf(table, profiles);
  const sets = new Set<string>();
  const visit = (from: number, taken: number, chosen: readonly Place[]): void => {
    if (chosen.length > 0 && withinCounts(table, chosen)) sets.add(nameOf(chosen));
    for (let i = from; i < places.length; i++)
      if ((taken & places[i]!.bits) === 0) visit(i + 1, taken | places[i]!.bits, [...chosen, places[i]!]);
  };
  visit(0, 0, []);
  return sets;
}

/** Whether instances, each at its start or, without one, anywhere, can exist together: tries every combination of starts. */
export function canExist(
  table: MigTable,
  wanted: readonly { readonly profile: string; readonly start?: number }[],
): boolean {
  const options = wanted.map(({ profile, start }) =>
    placesOf(table, [profile]).filter((place) => start === undefined || place.start === start),
  );
  const visit = (at: number, taken: number, chosen: readonly Place[]): boolean =>
    at === options.length
      ? withinCounts(table, chosen)
      : options[at]!.some(
          (place) => (taken & place.bits) === 0 && visit(at + 1, taken | place.bits, [...chosen, place]),
        );
  return visit(0, 0, []);
}

/** A layout as sorted text. */
export function nameOf(layout: readonly MigInstance[]): string {
  return layout
    .map(({ profile, start }) => `${profile}@${start}`)
    .sort()
    .join(" ");
}

interface Place extends MigInstance {
  readonly bits: number;
}

function placesOf(table: MigTable, profiles: readonly string[]): readonly Place[] {
  return table.profiles
    .filter(({ name }) => profiles.includes(name))
    .flatMap(({ name, starts, size }) =>
      starts.map((start) => ({ profile: name, start, bits: ((1 << size) - 1) << start })),
    );
}

function withinCounts(table: MigTable, chosen: readonly Place[]): boolean {
  const media = chosen.filter(({ profile }) => profile.includes("+me")).length;
  return (
    media <= 1 &&
    table.profiles.every(({ name, most }) => chosen.filter(({ profile }) => profile === name).length <= most)
  );
}

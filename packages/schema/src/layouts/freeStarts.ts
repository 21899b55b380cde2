import type { MigInstance, MigProfile, MigTable } from "../mig.ts";
import { overlaps, type Sized, sized, takesMediaEngines } from "./slices.ts";

/**
 * Where another instance of a profile may be created beside those that exist.
 *
 * @param existing  legal together
 * @returns starts, ascending; none when the profile has as many instances as there may be
 * @throws Error for a profile that the table has not
 */
export function freeStarts(table: MigTable, existing: readonly MigInstance[], profile: string): readonly number[] {
  const { profile: wanted } = sized(table, { profile, start: 0 });
  return startsBeside(
    wanted,
    existing.map((each) => sized(table, each)),
  );
}

/** {@link freeStarts} on instances whose sizes are known. */
export function startsBeside(wanted: MigProfile, existing: readonly Sized[]): readonly number[] {
  if (countOf(wanted, existing) >= wanted.most) return [];
  if (takesMediaEngines(wanted) && existing.some(({ profile }) => takesMediaEngines(profile))) return [];
  return wanted.starts.filter((start) => existing.every((other) => !overlaps({ start, size: wanted.size }, other)));
}

function countOf({ name }: MigProfile, existing: readonly Sized[]): number {
  return existing.filter(({ profile }) => profile.name === name).length;
}

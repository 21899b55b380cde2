import type { MigInstance, MigProfile, MigTable } from "../mig.ts";

/** The memory slices an instance covers, ascending. */
export function slicesFrom(start: number, size: number): readonly number[] {
  return Array.from({ length: size }, (_, i) => start + i);
}

/** An instance as `3g.40gb@4`. */
export function formatInstance({ profile, start }: MigInstance): string {
  return `${profile}@${start}`;
}

/** True when two instances share a memory slice. */
export function overlaps(a: Span, b: Span): boolean {
  return a.start < b.start + b.size && b.start < a.start + a.size;
}

/** The memory slices of an instance. */
export interface Span {
  readonly start: number;
  readonly size: number;
}

/** Instances of a table's profiles, with their sizes. */
export interface Sized extends Span {
  readonly profile: MigProfile;
}

/** @throws Error for a profile that the table has not: callers have checked */
export function sized(table: MigTable, { profile: name, start }: MigInstance): Sized {
  const profile = table.profiles.find((each) => each.name === name);
  if (profile === undefined) throw new Error(`no profile ${name}`);
  return { profile, start, size: profile.size };
}

/**
 * True for the profiles that come with the card's media engines (`+me`, `+me.all`), of which one instance at a time has them.
 */
export function takesMediaEngines({ name }: MigProfile): boolean {
  return name.includes("+me");
}

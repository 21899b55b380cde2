import type { MigInstance, MigProfile, MigTable } from "../mig.ts";
import type { Partition } from "../partition.ts";
import { arrangeMig } from "./arrangeMig.ts";
import type { LayoutCheck } from "./checkLayout.ts";
import { profileAdvice } from "./findMigProfile.ts";
import { startsBeside } from "./freeStarts.ts";
import type { LayoutConflict } from "./layoutConflict.ts";
import { type Piece, piecesOf } from "./piecesOf.ts";
import { formatInstance, overlaps, type Sized, sized, slicesFrom, takesMediaEngines } from "./slices.ts";

/** An instance to be checked, whose profile the table has. */
interface Known extends Piece<"mig"> {
  readonly profile: MigProfile;
}

/** MIG instances of known profiles, at starts that are allowed, none over another, and room for those that may go anywhere. */
export function checkMig(table: MigTable, partitions: readonly Partition[]): LayoutCheck {
  const pieces = piecesOf("mig", partitions);
  if (pieces.length === 0) return { fits: true, partitions };
  const known = pieces.flatMap((piece): Known[] => {
    const profile = table.profiles.find(({ name }) => name === piece.partition.profile);
    return profile === undefined ? [] : [{ ...piece, profile }];
  });
  const conflicts = [
    ...pieces.filter(({ at }) => known.every((each) => each.at !== at)).map((piece) => unknownProfile(table, piece)),
    ...known.flatMap(wrongStart),
    ...tooManyOf(known),
    ...tooManyMedia(known),
    ...overlapping(known),
  ];
  return conflicts.length > 0 ? { fits: false, conflicts } : placeRest(table, known, partitions);
}

function unknownProfile(table: MigTable, { at, partition: { profile } }: Piece<"mig">): LayoutConflict {
  const text = `MIG profile "${profile}" is none of this card; ${profileAdvice(table, profile)}`;
  return { code: "unknown-profile", pieces: [at], slices: [], text };
}

function wrongStart({ at, partition: { start }, profile: { name, starts, size } }: Known): LayoutConflict[] {
  if (start === undefined || starts.includes(start)) return [];
  const text = `${name} may not begin at memory slice ${start}: it covers ${count(size, "slice")} and begins at ${oneOf(starts)}`;
  return [{ code: "start-not-allowed", pieces: [at], slices: [start], text }];
}

function tooManyOf(known: readonly Known[]): LayoutConflict[] {
  return [...Map.groupBy(known, ({ profile }) => profile)]
    .filter(([{ most }, pieces]) => pieces.length > most)
    .map(([{ name, most }, pieces]) => ({
      code: "too-many",
      pieces: pieces.map(({ at }) => at),
      slices: [],
      text: `${pieces.length} × ${name}, and a card has at most ${most}`,
    }));
}

function tooManyMedia(known: readonly Known[]): LayoutConflict[] {
  const media = known.filter(({ profile }) => takesMediaEngines(profile));
  if (new Set(media.map(({ profile }) => profile)).size <= 1) return [];
  const names = media.map(({ profile }) => profile.name).join(" and ");
  const text = `${names} all want the media engines, which one instance at a time has; take profiles without "+me"`;
  return [{ code: "too-many", pieces: media.map(({ at }) => at), slices: [], text }];
}

/** Instances with allowed starts that claim the same slice, pair by pair. */
function overlapping(known: readonly Known[]): LayoutConflict[] {
  const placed = known.filter(
    ({ partition: { start }, profile }) => start !== undefined && profile.starts.includes(start),
  );
  return placed.flatMap((a, i) =>
    placed.slice(0, i).flatMap((b): LayoutConflict[] => {
      const [one, other] = [spanOf(b), spanOf(a)];
      if (!overlaps(one, other)) return [];
      const both = slicesFrom(one.start, one.size).filter(
        (slice) => slice >= other.start && slice < other.start + other.size,
      );
      const text = `${spanText(one)} and ${spanText(other)} both claim memory ${slicesText(both)}`;
      return [{ code: "overlap", pieces: [b.at, a.at], slices: both, text }];
    }),
  );
}

function spanOf({ profile, partition: { start } }: Known): Sized {
  return { profile, start: start!, size: profile.size };
}

/** Starts for the instances that have none, in one arrangement; or which of them find no room, and what is in the way. */
function placeRest(table: MigTable, known: readonly Known[], partitions: readonly Partition[]): LayoutCheck {
  const fixed = known.filter(({ partition }) => partition.start !== undefined).map(toInstance);
  const free = known.filter(({ partition }) => partition.start === undefined);
  const starts = arrangeMig(table, names(free), fixed);
  if (starts === null) return { fits: false, conflicts: withoutRoom(table, fixed, free) };
  if (free.length === 0) return { fits: true, partitions };
  const startOf = new Map(free.map(({ at }, i) => [at, starts[i]!]));
  return {
    fits: true,
    partitions: partitions.map((each, at) =>
      each.kind === "mig" && startOf.has(at) ? { ...each, start: startOf.get(at)! } : each,
    ),
  };
}

/** In the order in which they were named, as many as find room together get it; each of the others is a conflict. */
function withoutRoom(table: MigTable, fixed: readonly MigInstance[], free: readonly Known[]): LayoutConflict[] {
  const held: Known[] = [];
  const left: Known[] = [];
  for (const piece of free) (arrangeMig(table, names([...held, piece]), fixed) === null ? left : held).push(piece);
  const starts = arrangeMig(table, names(held), fixed)!;
  const layout = [...fixed, ...held.map(({ profile }, i) => ({ profile: profile.name, start: starts[i]! }))];
  const placed = layout.map((each) => sized(table, each)).toSorted((a, b) => a.start - b.start);
  return left.map(({ at, profile }) => noRoom(table, at, profile, placed));
}

function noRoom(table: MigTable, at: number, profile: MigProfile, placed: readonly Sized[]): LayoutConflict {
  const taken = new Set(placed.flatMap(({ start, size }) => slicesFrom(start, size)));
  const open = slicesFrom(0, table.memorySlices).filter((slice) => !taken.has(slice));
  const others = placed.map(({ profile: { name }, start }) => formatInstance({ profile: name, start })).join(" + ");
  const needed = profile.starts.flatMap((start) => slicesFrom(start, profile.size));
  const missing = [...new Set(needed)].filter((slice) => taken.has(slice)).sort((a, b) => a - b);
  const why =
    open.length === 0
      ? `${others} already take all ${table.memorySlices} memory slices`
      : `beside ${others} only memory ${slicesText(open)} ${open.length === 1 ? "is" : "are"} free, and it needs ${count(profile.size, "slice")} from ${oneOf(profile.starts)} on: ${blockers(profile, placed)}`;
  return {
    code: "no-room",
    pieces: [at],
    slices: missing,
    text: `no room for ${profile.name}: ${why}${advice(table, placed)}`,
  };
}

/** For each start the instances in its way. */
function blockers({ starts, size }: MigProfile, placed: readonly Sized[]): string {
  return starts
    .map((start) => {
      const inTheWay = placed.filter((other) => overlaps({ start, size }, other));
      return `${start} meets ${inTheWay.map(({ profile: { name }, start: at }) => formatInstance({ profile: name, start: at })).join(" and ")}`;
    })
    .join(", ");
}

/** What could stand there instead. */
function advice(table: MigTable, placed: readonly Sized[]): string {
  const fitting = table.profiles
    .filter((profile) => !/[+-]/.test(profile.name) && startsBeside(profile, placed).length > 0)
    .toSorted((a, b) => b.size - a.size);
  return fitting.length === 0 ? "; leave it out" : `; ${oneOf(fitting.map(({ name }) => name))} would still fit`;
}

function toInstance({ partition: { profile, start } }: Known): MigInstance {
  return { profile, start: start! };
}

function names(pieces: readonly Known[]): readonly string[] {
  return pieces.map(({ profile }) => profile.name);
}

function spanText({ profile: { name }, start, size }: Sized): string {
  return `${formatInstance({ profile: name, start })} (memory ${slicesText(slicesFrom(start, size))})`;
}

/** `slice 6`, `slices 4 to 7`, `slices 0, 6, 7`. */
function slicesText(slices: readonly number[]): string {
  if (slices.length === 1) return `slice ${slices[0]}`;
  const isRun = slices.every((slice, i) => slice === slices[0]! + i);
  return isRun && slices.length > 2 ? `slices ${slices[0]} to ${slices.at(-1)}` : `slices ${slices.join(", ")}`;
}

function oneOf(values: readonly (number | string)[]): string {
  return values.length === 1 ? String(values[0]) : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}

function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? "" : "s"}`;
}

import type { MigProfile, MigTable } from "../mig.ts";

/** What differs between cards of one template: name, multiprocessors and memory (MiB) of each profile; null where not known. */
type Row = readonly [name: string, multiprocessors: number | null, mebibytes: number | null];

/** Slots, id and number of each profile that all cards of a template share. */
type Shape = Pick<MigProfile, "id" | "computeSlices" | "size" | "starts" | "most">;

/** Profiles by their sizes; `double` has one compute slice and the memory of two, `+me` the media engines. */
export interface Sizes {
  readonly "1g": Row;
  readonly double: Row;
  readonly "2g": Row;
  readonly "3g": Row;
  readonly "4g": Row;
  readonly "7g": Row;
}

const eight: Readonly<Record<keyof Sizes, Shape>> = {
  "1g": { id: 19, computeSlices: 1, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], most: 7 },
  double: { id: 15, computeSlices: 1, size: 2, starts: [0, 2, 4, 6], most: 4 },
  "2g": { id: 14, computeSlices: 2, size: 2, starts: [0, 2, 4], most: 3 },
  "3g": { id: 9, computeSlices: 3, size: 4, starts: [0, 4], most: 2 },
  "4g": { id: 5, computeSlices: 4, size: 4, starts: [0], most: 1 },
  "7g": { id: 0, computeSlices: 7, size: 8, starts: [0], most: 1 },
};

/**
 * A card of eight memory and seven compute slices: A100, H100, H200, B200. Placements: NVIDIA's MIG user guide, the same for all of them. The 1g
 * also comes with the media engines, once.
 */
export function eightSlices(sizes: Sizes, source: string): MigTable {
  const profiles = (Object.keys(eight) as (keyof Sizes)[]).map((size) => toProfile(eight[size], sizes[size]));
  return { kind: "mig", memorySlices: 8, profiles: [withMedia(profiles[0]!, 20), ...profiles], source };
}

/** A profile of a template on one card. */
export function toProfile(shape: Shape, [name, multiprocessors, mebibytes]: Row): MigProfile {
  const { id, computeSlices, size, starts, most } = shape;
  const memoryBytes = mebibytes === null ? null : mebibytes * 2 ** 20;
  return { name, id, computeSlices, size, starts, most, multiprocessors, memoryBytes };
}

/** The same instance with the media engines, of which there is one at most. */
export function withMedia(profile: MigProfile, id: number): MigProfile {
  return { ...profile, name: `${profile.name}+me`, id, most: 1 };
}

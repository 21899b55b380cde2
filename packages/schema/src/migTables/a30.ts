import type { MigTable } from "../mig.ts";
import { toProfile, withMedia } from "./defineTable.ts";

const one = toProfile({ id: 14, computeSlices: 1, size: 1, starts: [0, 1, 2, 3], most: 4 }, ["1g.6gb", 14, 5836]);
const two = toProfile({ id: 5, computeSlices: 2, size: 2, starts: [0, 2], most: 2 }, ["2g.12gb", 28, 11672]);
const four = toProfile({ id: 0, computeSlices: 4, size: 4, starts: [0], most: 1 }, ["4g.24gb", 56, 23344]);

/** A30, 24 GB: four memory slices and four compute slices. */
export const a30: MigTable = {
  kind: "mig",
  memorySlices: 4,
  profiles: [withMedia(one, 21), one, withMedia(two, 6), two, four],
  source: "NVIDIA MIG user guide; the ids of the profiles with media engines were not seen on a card",
};

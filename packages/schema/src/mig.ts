import { z } from "zod";
import { count, positive, positiveCount } from "./units.ts";

/** The name nvidia-smi gives a GPU-instance profile: `3g.40gb`, with its extensions `1g.10gb+me`, `1g.24gb+me.all`, `1g.24gb-me`. */
export const migProfileName = z
  .string()
  .max(40)
  .regex(/^[1-9]\d?g\.[1-9]\d{0,3}gb(?:[+-][a-z]+(?:\.[a-z]+)?)*$/, 'a MIG profile name such as "3g.40gb"');

/** One size of MIG instance, and where it may begin. */
export const migProfile = z
  .strictObject({
    name: migProfileName.describe("name as the driver prints it; drivers differ, so the id is what identifies it"),
    id: count.describe("profile id, as `nvidia-smi mig -cgi` takes it"),
    computeSlices: positiveCount.describe("the g of its name: slices of the processor"),
    size: positiveCount.describe("memory slices that an instance covers, without a gap"),
    starts: z.array(count).min(1).readonly().describe("memory slices at which an instance may begin, ascending"),
    most: positiveCount.describe("instances of it that there may be at once"),
    multiprocessors: positiveCount.nullable().describe("multiprocessors of an instance; null when unknown"),
    memoryBytes: positive.nullable().describe("memory of an instance; null when unknown"),
  })
  .refine(
    ({ starts, most }) => starts.every((start, i) => i === 0 || start > starts[i - 1]!) && most <= starts.length,
    "starts in rising order, at least as many as instances there may be",
  );
export type MigProfile = Readonly<z.infer<typeof migProfile>>;

/** How a card can be cut into MIG instances: its profiles and their legal placements. */
export const migTable = z
  .strictObject({
    kind: z.literal("mig"),
    memorySlices: positiveCount.max(64).describe("memory slices of the card: the slots of its layouts"),
    profiles: z.array(migProfile).min(1).readonly(),
    source: z.string().describe("where the table comes from, and what of it was not seen on a card"),
  })
  .refine(
    ({ profiles, memorySlices }) => profiles.every(({ starts, size }) => starts.at(-1)! + size <= memorySlices),
    "profiles that end within the memory slices",
  )
  .refine(
    ({ profiles }) =>
      ["name", "id"].every(
        (key) => new Set(profiles.map((profile) => profile[key as "name" | "id"])).size === profiles.length,
      ),
    "profiles with names and ids of their own",
  );
export type MigTable = Readonly<z.infer<typeof migTable>>;

/** A MIG instance at its place: a profile and the memory slice at which it begins. */
export interface MigInstance {
  readonly profile: string;
  readonly start: number;
}

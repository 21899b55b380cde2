import { z } from "zod";
import { made } from "./made.ts";
import { count, name, positive, positiveCount } from "./units.ts";

const path = z
  .string()
  .max(4096)
  .regex(/^\/[^\0]+$/, "an absolute path");
const argument = z
  .string()
  .max(100_000)
  .regex(/^[^\0]*$/, "text without NUL");
const argv = z.tuple([argument.min(1)], argument).readonly();

const shared = {
  what: z.string().min(1).max(1000).describe("what is put back, in words, such as `power limit of GPU-4a… to 700 W`"),
  needs: z
    .enum(["drained", "reset", "reboot"])
    .optional()
    .describe(
      "what restoring never brings about by itself: that nothing runs on the device any more (tried, and told when it fails), a reset of the device or a restart of the machine (told, and only read back)",
    ),
};

/** One setting of the device and how it is put back: data, so that another process can do it, today or after a power cut. */
export const restoreStep = z.discriminatedUnion("kind", [
  z
    .strictObject({ kind: z.literal("file"), ...shared, path, text: z.string().max(1_000_000) })
    .describe("a file of /sys or /proc gets its former text"),
  z
    .strictObject({
      kind: z.literal("card"),
      ...shared,
      uuid: name,
      setting: z.enum(["power-limit-w", "gpu-clock-hz", "memory-clock-hz"]),
      value: positive.nullable(),
    })
    .describe("a setting of a card through its driver; null lifts a lock or restores the card's default"),
  z
    .strictObject({
      kind: z.literal("command"),
      ...shared,
      argv,
      environment: z
        .record(z.string().regex(/^[^=\0]+$/, "the name of a variable"), argument)
        .readonly()
        .optional(),
      input: z.string().max(1_000_000).optional(),
      readBack: z
        .strictObject({ argv, expected: z.string().min(1) })
        .readonly()
        .optional()
        .describe("a program whose standard output contains `expected` when the setting is back"),
    })
    .describe("a program is run, without a shell; exit code 0 means done, and it must be idempotent"),
  z
    .strictObject({ kind: z.literal("folder"), ...shared, path })
    .describe("a folder that was made, removed with everything in it"),
  z
    .strictObject({
      kind: z.literal("process"),
      ...shared,
      pid: z.int().min(2),
      startTicks: count.describe("field 22 of /proc/PID/stat"),
    })
    .describe(
      "a process that was started, with all of its group; known by its start time, so that no stranger is ended",
    ),
]);
export type RestoreStep = Readonly<z.infer<typeof restoreStep>>;

/** A process such that no later one is taken for it. */
export const processIdentity = z.strictObject({
  pid: positiveCount,
  host: z.string(),
  began: z.string().describe("boot of the machine and start in ticks since then; empty where unknown"),
});
export type ProcessIdentity = Readonly<z.infer<typeof processIdentity>>;

const at = z.iso.datetime().describe("when the line was written, UTC");

/** First line of a restore file: what is changed, and by whom. */
export const restoreHeader = z.strictObject({
  type: z.literal("header"),
  kind: z.literal("restore"),
  version: z.literal(1),
  made,
  device: name.describe("whose settings are changed"),
  owner: processIdentity.describe("the process that changes them"),
});
export type RestoreHeader = Readonly<z.infer<typeof restoreHeader>>;

/** A line of a restore file. A step is written before the change is made. */
export const restoreEntry = z.discriminatedUnion("type", [
  restoreHeader,
  z.strictObject({ type: z.literal("guarded"), at, guard: processIdentity }).describe("this guard has taken over"),
  z
    .strictObject({ type: z.literal("step"), at, number: count, step: restoreStep })
    .describe("about to be changed; written twice when a guard was lost before it could answer"),
  z
    .strictObject({ type: z.literal("surrendered"), at, reason: z.string() })
    .describe("the owner lives but does not answer: everything is put back, and no more steps are taken"),
  z
    .strictObject({ type: z.literal("closed"), at, reason: z.string() })
    .describe("the owner changes nothing any more: everything is put back"),
  z.strictObject({ type: z.literal("restored"), at, number: count }).describe("put back, and read back where possible"),
  z.strictObject({ type: z.literal("left"), at, number: count, reason: z.string() }).describe("not back, and why"),
]);
export type RestoreEntry = Readonly<z.infer<typeof restoreEntry>>;

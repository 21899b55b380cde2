import { z } from "zod";
import { made } from "./made.ts";
import { count, name, positiveCount } from "./units.ts";
import { warning } from "./warning.ts";

const dimensions = z.tuple([count, count, count]).readonly();

/** What an operation is recognised by: its name and launch geometry; memory operations by their name alone. */
export const kernelIdentity = z.strictObject({
  name: z.string().min(1).describe("name of the kernel, the memory operation or the operator"),
  grid: dimensions.nullable().describe("blocks; null for memory operations and where the trace does not say"),
  block: dimensions.nullable().describe("threads of a block; null as for the grid"),
});
export type KernelIdentity = Readonly<z.infer<typeof kernelIdentity>>;

/** Why a device is idle after an operation: it is not; nothing more was launched; something was, but waits for something else. */
export const idleKinds = ["busy", "empty", "stalled"] as const;

/** Operations of one step in the order in which they ran, column by column; all columns have one entry per operation. Times in whole ns. */
export const kernelStep = z
  .strictObject({
    identities: z.array(count).readonly().describe("index into the trace's identities"),
    durations: z.array(count).readonly().describe("time that it adds to the busy time of the device, ns"),
    idles: z.array(count).readonly().describe("idle time of the device after it, ns; 0 for the last"),
    idleKinds: z
      .array(z.number().int().min(0).max(2))
      .readonly()
      .describe("0 no idle time; 1 nothing more was launched; 2 launched, but waiting for something else"),
  })
  .refine(
    ({ identities, durations, idles, idleKinds }) =>
      [durations, idles, idleKinds].every((column) => column.length === identities.length),
    "columns of one length",
  );
export type KernelStep = Readonly<z.infer<typeof kernelStep>>;

/** What one task ran on one device, step by step, streams united. All arithmetic with it is in whole ns. */
export const kernelTrace = z.strictObject({
  kind: z.literal("kernel-trace"),
  version: z.literal(1),
  made,
  task: name.describe("what ran: a network, a job"),
  format: name.describe("what it was imported from, such as kineto"),
  deviceName: z.string().nullable().describe("name of the device; null when the trace does not say"),
  multiprocessors: positiveCount.nullable().describe("of the device; null when the trace does not say"),
  identities: z.array(kernelIdentity).readonly(),
  needs: z
    .array(positiveCount.nullable())
    .readonly()
    .optional()
    .describe("multiprocessors each identity needs; absent when nothing is known of it"),
  profiles: z
    .array(z.number().int().min(-1).max(1))
    .readonly()
    .optional()
    .describe("per identity: 1 bound by computing, 0 by memory, −1 not known; absent when nothing is known"),
  steps: z.array(kernelStep).min(1).readonly(),
  between: z
    .array(count)
    .readonly()
    .describe("idle time between each step and the next, ns; may be empty when not known"),
  gapsKnown: z
    .boolean()
    .describe("false when the format has execution times only: idle times are all 0 and mean nothing"),
  dropped: z
    .array(z.strictObject({ what: z.string(), count }).readonly())
    .readonly()
    .describe("what the importer left out, and how much of it"),
  warnings: z.array(warning).readonly(),
  synthetic: z.boolean(),
});
export type KernelTrace = Readonly<z.infer<typeof kernelTrace>>;

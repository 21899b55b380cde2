import { z } from "zod";
import { kernelIdentity } from "./kernelTrace.ts";
import { made } from "./made.ts";
import { planPromise } from "./plan.ts";
import { count, fraction, name, nonNegative, positiveCount } from "./units.ts";

/** What a scheduler looks up for one key, ns. */
const entry = z.strictObject({
  identity: count,
  occurrence: count
    .nullable()
    .describe("null: the identity wherever it occurs, for operations without an entry of their own"),
  samples: positiveCount,
  execution: z.strictObject({ q50: count, q90: count, planned: count, longest: count }).readonly(),
  idle: z
    .strictObject({ q10: count, q50: count, planned: count })
    .nullable()
    .describe("null when it only ever ended a step"),
});

/** A task of a fill plan and its table. */
export const filledTask = z.strictObject({
  name,
  priority: count.max(9).describe("0 is the most urgent of up to ten levels"),
  role: z.enum(["high", "low"]).describe("high: its gaps are filled; low: its operations fill them"),
  streamPriority: z.number().int().describe("CUDA stream priority where only those are used; lower is more urgent"),
  maxInFlight: positiveCount.describe("operations handed to the device at once"),
  identities: z.array(kernelIdentity).readonly(),
  hashes: z
    .array(z.string().regex(/^[0-9a-f]{16}$/))
    .readonly()
    .describe("64-bit hash of each identity, for look-up at run time"),
  table: z.array(entry).readonly(),
});
export type FilledTask = Readonly<z.infer<typeof filledTask>>;

/** What a run-time scheduler needs to let less urgent kernels run in the gaps of a more urgent task. */
export const kernelFillPlan = z.strictObject({
  kind: z.literal("kernel-fill-plan"),
  version: z.literal(1),
  made,
  deviceName: z.string().nullable(),
  tasks: z.array(filledTask).min(2).readonly(),
  key: z.enum(["occurrence", "identity"]).describe("what tables are looked up by"),
  estimator: z.enum(["quantile", "mean"]),
  executionQuantile: fraction,
  idleQuantile: fraction,
  minGap: count.describe("ns; shorter gaps are left alone"),
  dispatch: count.describe("ns that handing over one operation costs"),
  fit: z.literal("best-prio-fit"),
  feedback: z.boolean().describe("a gap that turned out shorter than predicted lowers what is predicted for its key"),
  maxOverrun: count
    .nullable()
    .describe("ns by which one job may be held up before filling stops for it; null: no limit"),
  disableBelowGain: fraction.describe("filling is off where gaps hold less than this part of a step"),
  expected: z
    .strictObject({
      steps: positiveCount.describe("held-out steps"),
      delay: z
        .strictObject({ mean: nonNegative, longest: nonNegative })
        .readonly()
        .describe("of the urgent task per step, ns"),
      filled: z
        .strictObject({ mean: nonNegative, least: nonNegative })
        .readonly()
        .describe("work of others per step, ns"),
    })
    .readonly(),
  promises: z.array(planPromise).readonly().describe("response-time bounds, where an analysis gives them"),
  voidWhen: z.array(z.string()).readonly().describe("changes after which it must be measured again"),
  synthetic: z.boolean(),
});
export type KernelFillPlan = Readonly<z.infer<typeof kernelFillPlan>>;

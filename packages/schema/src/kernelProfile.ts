import { z } from "zod";
import { kernelIdentity } from "./kernelTrace.ts";
import { made } from "./made.ts";
import { count, fraction, name, nonNegative, positiveCount } from "./units.ts";
import { warning } from "./warning.ts";

const ascending = z.array(count).readonly();

/** What was measured of operations with one key: an identity at its n-th occurrence in a step, or an identity wherever it occurs. */
export const kernelKey = z.strictObject({
  identity: count.describe("index into the identities"),
  occurrence: count.nullable().describe("how often the identity came before in the step; null: wherever it occurs"),
  executions: ascending.describe("execution times, ns, ascending"),
  idles: ascending.describe("idle times of the device after it, ns, ascending; the last operation of a step has none"),
});
export type KernelKey = Readonly<z.infer<typeof kernelKey>>;

/** What a task's operations take, and what the device does in between: the basis of filling gaps. */
export const kernelProfile = z.strictObject({
  kind: z.literal("kernel-profile"),
  version: z.literal(1),
  made,
  task: name,
  format: name,
  deviceName: z.string().nullable(),
  identities: z.array(kernelIdentity).readonly(),
  keys: z
    .array(kernelKey)
    .readonly()
    .describe("by identity, then occurrence; the key of the identity alone comes last"),
  steps: positiveCount.describe("steps it rests on"),
  operationsPerStep: nonNegative.describe("mean"),
  sequence: z
    .strictObject({
      identical: z.boolean().describe("all steps run the same operations in the same order"),
      positionsThatDiffer: count,
      fallbackFraction: fraction.describe(
        "operations whose key is missing in another step, so that only the identity helps",
      ),
    })
    .readonly(),
  spread: z
    .strictObject({
      executions: nonNegative.nullable().describe("coefficient of variation, mean over keys, weighted by time"),
      idles: nonNegative.nullable(),
    })
    .readonly(),
  busyFraction: fraction.describe("part of a step in which the device works"),
  idle: z
    .strictObject({
      perStep: nonNegative.describe("idle time in a step, ns, mean"),
      empty: nonNegative.describe("of it: nothing more was launched"),
      fillable: nonNegative.describe("of that: in gaps long enough to be worth filling"),
    })
    .readonly(),
  minGap: count.describe("ns; shorter gaps are not worth filling"),
  gain: z.enum(["worthwhile", "nothing-to-gain"]).describe("whether gaps hold at least 2 % of a step"),
  why: z.string().describe("the same in words, with numbers"),
  warnings: z.array(warning).readonly(),
  synthetic: z.boolean(),
});
export type KernelProfile = Readonly<z.infer<typeof kernelProfile>>;

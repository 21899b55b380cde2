import { z } from "zod";
import { made } from "./made.ts";
import { count, fraction, name, nonNegative } from "./units.ts";

/** What one way of sharing did to the urgent task and to the others. Times in ns. */
export const kernelOutcome = z.strictObject({
  policy: name.describe("exclusive, fill, greedy, fifo, timeslice, orion …"),
  title: z.string().describe("the same in words, with its settings"),
  highCompletion: nonNegative.describe("time from arrival to completion of the urgent task, mean over held-out steps"),
  lowWork: nonNegative.describe("kernel time of the others until the urgent task ended"),
  lowCompletion: nonNegative
    .nullable()
    .describe(
      "when the last of the others ended, mean over held-out steps; null when they run without end or not at all",
    ),
  lowCompletions: z
    .array(nonNegative)
    .readonly()
    .nullable()
    .describe("the same for each of the others, in their order"),
  speedUp: nonNegative.describe("completion under the default way over completion under this one"),
  slowDown: nonNegative.describe("completion over that of running alone"),
  lowRatio: nonNegative.nullable().describe("work, or 1 / completion, of the others relative to the default way"),
  delay: nonNegative.describe("completion beyond running alone"),
  lateGaps: nonNegative.describe("gaps after which the urgent task began late, mean over held-out steps"),
  latest: nonNegative.describe("the longest of these delays"),
  dispatch: nonNegative.describe("time spent handing operations over"),
  gapsFilled: fraction
    .nullable()
    .describe("kernel time within gaps over idle time of running alone; null without idle time"),
  overPredicted: nonNegative.nullable().describe("predicted idle time that was not there; null without prediction"),
});
export type KernelOutcome = Readonly<z.infer<typeof kernelOutcome>>;

/** One pair or group of tasks under several ways of sharing, held-out steps only. */
export const kernelSharing = z.strictObject({
  kind: z.literal("kernel-sharing"),
  version: z.literal(1),
  made,
  scenario: z.enum(["co-run", "preemption"]),
  high: name,
  low: z.array(z.strictObject({ task: name, priority: count, jobs: count.nullable() }).readonly()).readonly(),
  default: name.describe("the policy that speed-ups are relative to"),
  heldOut: z.array(count).readonly().describe("steps of the urgent task that were played and not profiled"),
  minGap: count,
  dispatch: count,
  outcomes: z.array(kernelOutcome).min(1).readonly(),
  front: z
    .array(
      z
        .strictObject({
          executionQuantile: fraction,
          idleQuantile: fraction,
          delay: nonNegative,
          lowWork: nonNegative,
          efficient: z.boolean().describe("no other pair has both less delay and more work"),
        })
        .readonly(),
    )
    .readonly()
    .describe("filling at pairs of quantiles: what caution costs"),
  synthetic: z.boolean(),
});
export type KernelSharing = Readonly<z.infer<typeof kernelSharing>>;

import { z } from "zod";
import { made } from "./made.ts";
import { count, fraction, name, nonNegative, positiveCount } from "./units.ts";
import { warning } from "./warning.ts";

/** One step of the urgent task. Times in ns. */
const overlapStep = z.strictObject({
  completion: nonNegative.describe("from the beginning of the step to the end of its last operator"),
  lowWork: nonNegative.describe("time that operators of the others ran until then"),
  lowOperations: count,
  lateGaps: count.describe("waits after which the urgent task went on at least 10 µs late"),
  latest: nonNegative.describe("the longest such delay"),
  overPredicted: nonNegative.nullable().describe("predicted idle time that was not there; null without prediction"),
  lowStarts: z
    .array(count)
    .readonly()
    .describe("per low task, the operator that it stood at when the step began, counted from 0"),
});

/** One way of sharing, step by step; steps with the same index have the same waits under every policy. */
export const overlapOutcome = z.strictObject({
  policy: name.describe("exclusive, timeslice, fifo, greedy, fill"),
  title: z.string().describe("the same in words, with its settings"),
  steps: z.array(overlapStep.readonly()).min(1).readonly(),
  predicted: z
    .array(z.strictObject({ completion: nonNegative, lowWork: nonNegative }).readonly())
    .readonly()
    .nullable()
    .describe("what the kernel simulator says of the same steps; null when it was not asked"),
});
export type OverlapOutcome = Readonly<z.infer<typeof overlapOutcome>>;

/** Networks that really shared a device operator by operator, under several policies. */
export const kernelOverlap = z.strictObject({
  kind: z.literal("kernel-overlap"),
  version: z.literal(1),
  made,
  deviceName: z.string().nullable(),
  high: z.strictObject({ task: name, operators: positiveCount }).readonly(),
  low: z
    .array(z.strictObject({ task: name, priority: count.max(9), operators: positiveCount }).readonly())
    .min(1)
    .readonly(),
  think: z
    .strictObject({ every: positiveCount, mean: nonNegative, spread: fraction })
    .readonly()
    .describe(
      "waits that were put between operators of the urgent task on purpose: after every n-th, mean ns ± spread",
    ),
  plan: z
    .strictObject({
      key: z.enum(["occurrence", "identity"]),
      estimator: z.enum(["quantile", "mean"]),
      executionQuantile: fraction,
      idleQuantile: fraction,
      minGap: count,
      dispatch: count,
      feedback: z.boolean(),
      maxOverrun: count.nullable(),
    })
    .readonly()
    .describe("settings of the fill plan that was carried out; times in ns"),
  recordedSteps: positiveCount.describe("steps of each task alone that the plan rests on; none of them is an outcome"),
  outcomes: z.array(overlapOutcome).min(1).readonly(),
  ended: z.enum(["complete", "time-over", "interrupted"]),
  warnings: z.array(warning).readonly(),
  synthetic: z.boolean(),
});
export type KernelOverlap = Readonly<z.infer<typeof kernelOverlap>>;

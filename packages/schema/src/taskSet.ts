import { z } from "zod";
import { made } from "./made.ts";
import { count, fraction, name, nonNegative, positive, positiveCount } from "./units.ts";

/** A part of a task that runs on the accelerator. */
export const gpuSegment = z.strictObject({
  launchSeconds: nonNegative.describe("processor time of launching and of the driver"),
  executionSeconds: positive.describe("time on the accelerator alone, copies included"),
});

/** A sporadic task with deadlines, on one processor core and the accelerator. */
export const realTimeTask = z.strictObject({
  name,
  core: count.describe("core it is bound to"),
  priority: count.describe("on the processor; greater is more urgent, and no two tasks share one"),
  gpuPriority: count.nullable().describe("on the accelerator; null: as on the processor"),
  periodSeconds: positive.describe("least time between two releases"),
  deadlineSeconds: positive.describe("from release; at most the period"),
  cpuSeconds: nonNegative.describe("processor time of one job, launches apart"),
  segments: z.array(gpuSegment).readonly(),
  bestEffort: z.boolean().describe("true: it has no deadline and runs on the accelerator when no other task does"),
});
export type RealTimeTask = Readonly<z.infer<typeof realTimeTask>>;

/** Tasks that share processor cores and one accelerator. */
export const taskSet = z.strictObject({
  kind: z.literal("task-set"),
  version: z.literal(1),
  made: made.optional().describe("absent when a user wrote the file by hand"),
  cores: positiveCount,
  accelerator: z
    .strictObject({
      sliceSeconds: positive.describe("time slice of the default round robin"),
      switchSeconds: nonNegative.describe("change from one context to another, theta"),
      updateSeconds: nonNegative.describe("change of the run list, alpha + theta: epsilon"),
    })
    .readonly(),
  tasks: z.array(realTimeTask).min(1).readonly(),
});
export type TaskSet = Readonly<z.infer<typeof taskSet>>;

/** Worst-case response times of a task set under one analysis. */
export const responseTimes = z.strictObject({
  kind: z.literal("response-times"),
  version: z.literal(1),
  made,
  analysis: name.describe("gcaps-suspend, gcaps-busy, round-robin-suspend …"),
  proof: z.enum(["published", "simulated"]).describe("a published theorem, or a bound that only simulation supports"),
  schedulable: z.boolean(),
  tasks: z
    .array(
      z
        .strictObject({
          task: name,
          deadlineSeconds: positive,
          boundSeconds: nonNegative
            .nullable()
            .describe("null when the iteration passed the deadline, or nothing is known"),
          reachedSeconds: nonNegative.describe("the bound, or the first value beyond the deadline"),
          verdict: z
            .enum(["meets", "misses", "unknown", "best-effort"])
            .describe("unknown: a task that it rests on has no bound"),
          gpuPriority: count
            .nullable()
            .describe("priority on the accelerator that it was given; null without segments"),
        })
        .readonly(),
    )
    .readonly(),
  why: z.string().describe("in words: which task misses, and by how much"),
});
export type ResponseTimes = Readonly<z.infer<typeof responseTimes>>;

/** How many random task sets each analysis accepts, point by point. */
export const schedulability = z.strictObject({
  kind: z.literal("schedulability"),
  version: z.literal(1),
  made,
  axis: z.strictObject({ name: z.string(), unit: z.string() }).readonly(),
  setsPerPoint: positiveCount,
  generator: z.record(z.string(), z.union([z.string(), z.number()])).describe("settings of the random task sets"),
  curves: z
    .array(
      z
        .strictObject({
          analysis: name,
          points: z
            .array(z.strictObject({ x: z.number(), accepted: fraction, low: fraction, high: fraction }).readonly())
            .readonly(),
        })
        .readonly(),
    )
    .readonly(),
});
export type Schedulability = Readonly<z.infer<typeof schedulability>>;

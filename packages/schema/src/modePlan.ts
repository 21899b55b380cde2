import { z } from "zod";
import { device } from "./device.ts";
import { estimate } from "./estimate.ts";
import { made } from "./made.ts";
import { powerMode } from "./powerMode.ts";
import { count, fraction, name, nonNegative, positive, positiveCount } from "./units.ts";
import { workload } from "./workload.ts";

/** What one minibatch costs: the numbers a mode plan rests on. */
export const minibatchCost = z.strictObject({
  seconds: positive.describe("time of one minibatch, measured"),
  watts: positive.describe("mean device power while it runs, idle included"),
});
export type MinibatchCost = Readonly<z.infer<typeof minibatchCost>>;

/** An inference workload of a mode plan: how its requests are gathered and served. */
export const servedInference = z.strictObject({
  workload: name,
  ratePerSecond: positive.describe("requests per second the promise holds for"),
  batch: positiveCount.describe("requests of a minibatch, at most"),
  dispatcher: z
    .enum(["windowed", "on-full"])
    .describe("windowed: serve what has come every windowSeconds; on-full: serve when batch requests have come"),
  windowSeconds: positive.describe("time between minibatches: batch / rate"),
  timeoutSeconds: positive
    .optional()
    .describe(
      "on-full: serve fewer when the first has waited so long for the others; absent: wait for a full minibatch",
    ),
  expected: minibatchCost,
});
export type ServedInference = Readonly<z.infer<typeof servedInference>>;

/** What runs in the time that inference leaves. */
export const backgroundJob = z.strictObject({
  workload: name,
  batch: positiveCount.describe("requests of a minibatch of a backlog; the training minibatch otherwise"),
  policy: z.enum(["reserve", "slack", "greedy"]),
  toleratedSeconds: nonNegative.describe("how late one of its minibatches may let inference start"),
  highestPerWindow: nonNegative
    .nullable()
    .describe("minibatches per window of the first inference, at most, on average; null: as many as fit"),
  expected: minibatchCost,
});
export type BackgroundJob = Readonly<z.infer<typeof backgroundJob>>;

/** One thing a mode plan promises. */
export const modePromise = z.strictObject({
  id: name,
  subject: name.describe("the workload, or the device for its power"),
  metric: z
    .enum(["worst_response_s", "throughput_per_s", "peak_power_w", "mean_power_w"])
    .describe("named with its unit"),
  relation: z.enum(["at-most", "at-least"]),
  target: nonNegative.describe("what was demanded, in the metric's unit"),
  predicted: estimate.nullable().describe("what was expected when the plan was made"),
});
export type ModePromise = Readonly<z.infer<typeof modePromise>>;

/** How likely a fresh measurement keeps every budget of a choice, and from what that is known. */
export const holding = z.strictObject({
  probability: fraction.describe("that a fresh measurement of the chosen configuration keeps every budget"),
  margin: fraction.describe("part of each budget that was left free when choosing"),
  noise: nonNegative.describe("relative standard deviation of a repeated measurement that was assumed or estimated"),
  repeats: count.describe("repeated measurements the noise was estimated from; 0 when assumed"),
});
export type Holding = Readonly<z.infer<typeof holding>>;

/** Workloads that take turns on a device in one power mode; no minibatch is interrupted, a ready inference goes first. */
export const modeTurns = z.strictObject({
  powerMode: powerMode.describe("what to set, in full"),
  inferences: z.array(servedInference).readonly().describe("the more urgent first; empty for training alone"),
  background: backgroundJob.nullable(),
  idleWatts: positive.nullable().describe("device power while nothing runs; null when not measured"),
  changeoverSeconds: nonNegative.describe("time to change from one job to another"),
  promises: z.array(modePromise).readonly(),
});
export type ModeTurns = Readonly<z.infer<typeof modeTurns>>;

/** A power mode, what runs in it and by which rule, and what that promises. */
export const modePlan = modeTurns.extend({
  kind: z.literal("mode-plan"),
  version: z.literal(1),
  made,
  device,
  workloads: z.array(workload).min(1).readonly(),
  holds: holding.nullable().describe("null when it is not known how measurements scatter"),
  synthetic: z.boolean().describe("true when it rests on synthetic measurements"),
});
export type ModePlan = Readonly<z.infer<typeof modePlan>>;

/** Mode plans in time, for rates that change. */
export const modeSchedule = z.strictObject({
  kind: z.literal("mode-schedule"),
  version: z.literal(1),
  made,
  device,
  workloads: z.array(workload).min(1).readonly(),
  modeChangeSeconds: nonNegative.describe("time in which nothing runs when the power mode changes"),
  periods: z
    .array(modeTurns.extend({ seconds: positive.describe("how long it lasts") }))
    .min(1)
    .readonly(),
  repeat: z.boolean().describe("start again after the last period, as days do"),
  synthetic: z.boolean(),
});
export type ModeSchedule = Readonly<z.infer<typeof modeSchedule>>;

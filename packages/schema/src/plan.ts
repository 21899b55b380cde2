import { z } from "zod";
import { config } from "./config.ts";
import { demand } from "./demand.ts";
import { device } from "./device.ts";
import { estimate } from "./estimate.ts";
import { made } from "./made.ts";
import { serviceTable } from "./serviceTable.ts";
import { fraction, name, nonNegative, positiveCount } from "./units.ts";
import { workload } from "./workload.ts";

/** One workload on one partition, and how its requests are batched. */
export const placement = z.strictObject({
  id: name.describe("unique within the plan"),
  config: config.describe("where and how it runs; `batch` is the largest batch it forms"),
  threads: positiveCount.describe("threads the engine uses"),
  maxDelaySeconds: nonNegative.describe("longest time a free worker waits for a batch to fill; 0 takes what is there"),
});
export type Placement = Readonly<z.infer<typeof placement>>;

/** One thing the plan promises. A promise is judged by simulation and by measurement; it is kept, broken or undecided. */
export const planPromise = z.strictObject({
  id: name,
  subject: name.describe("the workload, or the device for its limits"),
  metric: z
    .enum(["response_s", "throughput_per_s", "memory_bytes", "share_fraction"])
    .describe("what is promised, named with its unit"),
  percentile: fraction.nullable().describe("for response_s: the part of the requests it holds for"),
  relation: z.enum(["at-most", "at-least"]),
  target: nonNegative.describe("the limit, in the metric's unit"),
  predicted: estimate.nullable().describe("what was expected when the plan was made"),
});
export type PlanPromise = Readonly<z.infer<typeof planPromise>>;

/** How good the plan is, and how that is known. */
export const optimality = z.strictObject({
  method: z.string().describe("the method that found it"),
  status: z.enum(["optimal", "feasible"]).describe("proved best, or only found"),
  objective: z.strictObject({ name: z.string(), unit: z.string() }),
  value: z.number().describe("the objective's value"),
  bound: z.number().nullable().describe("no plan can be better than this; null when no bound is known"),
  gap: nonNegative.nullable().describe("(value − bound)/|value|, 0 when proved optimal"),
});
export type Optimality = Readonly<z.infer<typeof optimality>>;

/** The contract: placements and the promises they make. After solving, only the plan travels. */
export const plan = z.strictObject({
  kind: z.literal("plan"),
  version: z.literal(1),
  made,
  device,
  powerMode: name,
  workloads: z.array(workload).readonly(),
  demands: z.array(demand).readonly(),
  placements: z.array(placement).min(1).readonly(),
  promises: z.array(planPromise).readonly(),
  optimality,
  service: z
    .array(serviceTable.extend({ placement: name }))
    .readonly()
    .describe("expected service of each placement: what a simulation needs"),
  synthetic: z.boolean().describe("true when it rests on synthetic measurements"),
});
export type Plan = Readonly<z.infer<typeof plan>>;

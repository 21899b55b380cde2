import { z } from "zod";
import { device } from "./device.ts";
import { made } from "./made.ts";
import { holding, minibatchCost } from "./modePlan.ts";
import { modeProblem } from "./modeProblem.ts";
import { count, fraction, name, nonNegative, positiveCount } from "./units.ts";

/** One measurement of a search, in the order asked. */
export const modeProbe = z.strictObject({
  powerMode: name,
  workload: name.nullable().describe("null: the idle device"),
  batch: positiveCount.nullable().describe("null for training and for the idle device"),
  reason: z.string().describe("why the strategy asked for it"),
  outcome: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("measured"), ...minibatchCost.shape }),
    z.strictObject({ kind: z.literal("idle"), watts: minibatchCost.shape.watts }),
    z.strictObject({ kind: z.literal("failed"), reason: z.string() }),
  ]),
});
export type ModeProbe = Readonly<z.infer<typeof modeProbe>>;

/** A choice that answers a mode problem, in the same words for every kind of problem. */
export const modeChoice = z.strictObject({
  powerMode: name,
  batches: z.record(z.string(), positiveCount).describe("inference workload → its minibatch"),
  value: z.number().describe("the objective's value, in its unit"),
  watts: nonNegative.describe("as the budget counts it"),
  latencySeconds: z.record(z.string(), nonNegative).describe("inference workload → worst latency of a request"),
  load: nonNegative.describe("part of the time that inference takes"),
  backgroundPerSecond: nonNegative.describe("minibatches per second that run beside inference, or training alone"),
});
export type ModeChoice = Readonly<z.infer<typeof modeChoice>>;

/** A promise or budget that is missed, and by how much. */
const reason = z.strictObject({
  workload: name.nullable(),
  constraint: z.string(),
  missing: z.number(),
  text: z.string(),
});

/** What a search found, and everything it measured on the way. */
export const modeSearch = z.strictObject({
  kind: z.literal("mode-search"),
  version: z.literal(1),
  made,
  device,
  problem: modeProblem,
  strategy: z.string(),
  highestProbes: positiveCount.describe("modes it was allowed to measure"),
  margin: fraction.describe("part of each budget left free when choosing"),
  probes: z.array(modeProbe).readonly(),
  modesMeasured: count,
  objective: z.strictObject({ name: z.string(), unit: z.string(), better: z.enum(["lower", "higher"]) }),
  status: z
    .enum(["feasible", "infeasible", "unknown"])
    .describe("infeasible: nothing that may keep the budgets is left; unknown: some modes were not tried"),
  choice: modeChoice.nullable().describe("the best measured choice that keeps every budget; null when there is none"),
  nearest: modeChoice.nullable().describe("without a choice: the measured one that misses least"),
  reasons: z.array(reason).readonly().describe("what is missed, or had to be given up"),
  baseline: modeChoice
    .nullable()
    .describe("the best in the default power mode, measured beside; null when it breaks a budget"),
  holds: holding.nullable(),
  front: z.array(modeChoice).readonly().describe("measured choices that no other beats in value and power"),
  synthetic: z.boolean(),
});
export type ModeSearch = Readonly<z.infer<typeof modeSearch>>;

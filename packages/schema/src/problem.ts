import { z } from "zod";
import { config } from "./config.ts";
import { demand } from "./demand.ts";
import { device } from "./device.ts";
import { estimate } from "./estimate.ts";
import { made } from "./made.ts";
import { serviceTable } from "./serviceTable.ts";
import { count, name, nonNegative, positive } from "./units.ts";
import { workload } from "./workload.ts";

/** Why a choice may not be taken, and by how much. */
export const violation = z.strictObject({
  constraint: z.string().describe('what is broken, e.g. "deadline", "rate", "memory"'),
  amount: nonNegative.describe("relative excess: 0.2 means 20 % over the limit"),
  text: z.string().describe("the same in words, with numbers and units"),
});
export type Violation = Readonly<z.infer<typeof violation>>;

/** One way to serve one workload. */
export const choice = z.strictObject({
  id: z.string().describe("unique within the problem"),
  config: config.describe("partition, batch and power mode"),
  cost: z.number().describe("what it adds to the objective, which is minimised"),
  uses: z.record(z.string(), nonNegative).describe("budget → how much of it this choice takes"),
  values: z
    .record(z.string(), z.number())
    .describe("numbers shown to the user and used for fronts, named with their unit"),
  expected: z
    .strictObject({
      serviceSeconds: estimate.describe("median service time of a full batch"),
      responseSeconds: estimate.nullable().describe("response time at the demand's percentile; null when overloaded"),
      capacityPerSecond: positive.describe("requests per second it can sustain"),
      utilisation: nonNegative.describe("rate over capacity"),
    })
    .describe("what the plan would promise"),
  service: serviceTable.describe("expected times for every batch size up to the config's"),
  margin: nonNegative.describe("relative excess over `service` that was planned for: 0.1 plans with 10 % longer times"),
  extrapolated: z.boolean().describe("true when it rests on predictions outside what was measured"),
  violations: z.array(violation).readonly().describe("empty when the choice may be taken"),
});
export type Choice = Readonly<z.infer<typeof choice>>;

/** A device-wide setting (power mode and layout): one choice per workload, within its budgets. */
export const setting = z.strictObject({
  name: name.describe("unique name"),
  powerMode: name,
  cost: z.number().describe("what the setting itself adds to the objective"),
  budgets: z.record(z.string(), nonNegative).describe("budget → how much there is"),
  groups: z.array(z.strictObject({ workload: name, choices: z.array(choice).readonly() }).readonly()).readonly(),
});
export type Setting = Readonly<z.infer<typeof setting>>;

/**
 * What is to be decided, as plain data: pick one setting, and in it one admissible choice per workload, within all budgets, at
 * least total cost. It names no device-specific rule and can be saved, compared and handed to any method.
 */
export const problem = z.strictObject({
  kind: z.literal("problem"),
  version: z.literal(1),
  made,
  device,
  workloads: z.array(workload).readonly(),
  demands: z.array(demand).readonly(),
  objective: z.strictObject({ name: z.string().describe("what is minimised"), unit: z.string() }),
  rule: z.string().describe("name of the feasibility rule that admitted choices"),
  settings: z.array(setting).min(1).readonly(),
  synthetic: z.boolean(),
  dropped: count.describe("choices left out because they are dominated; changes no answer"),
});
export type Problem = Readonly<z.infer<typeof problem>>;

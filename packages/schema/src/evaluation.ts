import { z } from "zod";
import { device } from "./device.ts";
import { made } from "./made.ts";
import { count, fraction, name, nonNegative, positive, positiveCount } from "./units.ts";

/** A grid of mode problems: every combination of workloads, rates, promises and budgets. */
export const modeProblemGrid = z.strictObject({
  trainings: z.array(name).readonly().describe("workloads to train"),
  inferences: z.array(name).readonly().describe("workloads to serve"),
  kinds: z
    .array(z.enum(["training", "inference", "concurrent", "two-inferences"]))
    .min(1)
    .readonly(),
  policy: z.enum(["reserve", "slack", "greedy"]).describe("of training beside inference"),
  budgetsWatts: z.array(positive).min(1).readonly().describe("peak power budgets"),
  latenciesSeconds: z.array(positive).readonly().describe("worst latencies to promise"),
  loads: z
    .array(positive)
    .readonly()
    .describe("rates, as parts of what the quickest mode serves with the largest minibatch"),
});
export type ModeProblemGrid = Readonly<z.infer<typeof modeProblemGrid>>;

const share = (words: string) => fraction.describe(`${words}, of the problems that can be solved`);

/** How one strategy did on one kind of problem. Losses are relative to the exact optimum of the same table. */
export const evaluationSummary = z.strictObject({
  kind: z.string().describe("of problem"),
  strategy: z.string(),
  highestProbes: positiveCount.describe("modes it was allowed to measure"),
  problems: count.describe("problems searched, over all seeds"),
  solvable: count.describe("those that some mode of the table solves"),
  unsolved: count.describe("solvable ones for which it found nothing; counted as a loss of 1 in `meanWithUnsolved`"),
  falseAnswers: count.describe("answers that break a budget on the table, or beat the optimum; must be 0"),
  meanLoss: nonNegative.nullable().describe("mean relative loss of the solved; null without any"),
  meanLossWithUnsolved: nonNegative.nullable(),
  medianLoss: nonNegative.nullable(),
  p90Loss: nonNegative.nullable(),
  highestLoss: nonNegative.nullable(),
  within5Percent: share("with a loss of at most 5 %"),
  within7Percent: share("with a loss of at most 7 %"),
  broken: fraction.nullable().describe("choices that break a budget in a fresh measurement; null where there is none"),
  highestExcess: nonNegative
    .nullable()
    .describe(
      "by how much the worst of them does, relative to the budget; null where a queue grows without end, or nothing is fresh",
    ),
  meanModes: nonNegative.describe("modes measured per search"),
  meanRuns: nonNegative.describe("measurements per search: trainings, inferences with each batch, idle power"),
});
export type EvaluationSummary = Readonly<z.infer<typeof evaluationSummary>>;

/** Strategies compared on a grid of problems; the results of the single problems are the table beside it. */
export const evaluation = z.strictObject({
  kind: z.literal("evaluation"),
  version: z.literal(1),
  made,
  device,
  source: z.string().describe("the table or formula that answered the measurements"),
  grid: modeProblemGrid,
  sampled: positiveCount.nullable().describe("problems drawn from the grid; null: all of them"),
  seeds: positiveCount.describe("times each problem was searched, on fresh noise where the source has any"),
  margin: fraction
    .nullable()
    .describe("part of each budget left free when choosing; null: the best choice that is likely enough to hold"),
  summaries: z.array(evaluationSummary).readonly(),
  synthetic: z.boolean(),
});
export type Evaluation = Readonly<z.infer<typeof evaluation>>;

import { z } from "zod";
import { made } from "./made.ts";
import { count, fraction, name, nonNegative, positive, positiveCount } from "./units.ts";
import { warning } from "./warning.ts";

const slowdown = positive.min(1).describe("factor on the time of a batch, at least 1");

/**
 * How much slower a workload runs on its piece while other pieces of the card work. MIG instances share nothing that matters and are not
 * slowed down by any of the models.
 */
export const interferenceModel = z.discriminatedUnion("model", [
  z.strictObject({ model: z.literal("none") }),
  z.strictObject({ model: z.literal("constant"), slowdown }).describe("the same for everybody who has a neighbour"),
  z
    .strictObject({
      model: z.literal("pairwise"),
      pairs: z
        .array(
          z
            .strictObject({
              subject: name,
              neighbour: name,
              slowdown,
              measured: z.boolean().describe("false where it follows from what both do beside others"),
            })
            .readonly(),
        )
        .readonly()
        .describe(
          "workload by workload, where the neighbour has all that the workload leaves of the card; several neighbours multiply, each to the power of its part of that",
        ),
      otherwise: slowdown.describe("of pairs that are not in the table"),
    })
    .describe("a table of workloads"),
  z
    .strictObject({
      model: z.literal("linear"),
      intercept: z.number(),
      ofSubject: z.record(z.string(), z.number()).describe("coefficient per utilisation of the workload itself"),
      ofNeighbours: z.record(z.string(), z.number()).describe("coefficient per utilisation, summed over neighbours"),
      utilisations: z
        .record(
          z.string(),
          z
            .array(z.strictObject({ batch: positiveCount, values: z.record(z.string(), nonNegative) }).readonly())
            .min(1)
            .readonly(),
        )
        .describe(
          "workload → utilisation → value on the whole card, by batch, ascending; linear between batches, constant beyond them, and scaled by the share of the card",
        ),
      least: slowdown.describe("the slowdown never predicted below this"),
      otherwise: slowdown.describe("where a workload's utilisations are not known"),
    })
    .describe("linear in utilisations of the workload and its neighbours"),
]);
export type InterferenceModel = Readonly<z.infer<typeof interferenceModel>>;

/** An interference model fitted to measured neighbours, and the scores of the models it was chosen from. */
export const interference = z.strictObject({
  kind: z.literal("interference"),
  version: z.literal(1),
  made,
  chosen: interferenceModel,
  samples: count.describe("measured workloads with neighbours"),
  pairs: count.describe("different pairs of workloads among them"),
  quantile: fraction
    .gt(0)
    .lt(1)
    .nullable()
    .describe("part of new slowdowns that the chosen model is to cover; null for the middle"),
  validation: z.string().describe('how models were compared, e.g. "leaving one pair of workloads out"'),
  candidates: z
    .array(
      z
        .strictObject({
          model: name,
          meanError: nonNegative.describe("mean of |predicted − measured| / measured, on what was left out"),
          p95Error: nonNegative.describe("95th percentile of the same"),
          coverage: fraction
            .nullable()
            .describe("part of what was left out that is covered at the quantile; null without one"),
        })
        .readonly(),
    )
    .readonly(),
  why: z.string().describe("why this model was chosen, in words with numbers"),
  warnings: z.array(warning).readonly(),
  synthetic: z.boolean(),
});
export type Interference = Readonly<z.infer<typeof interference>>;

import { z } from "zod";
import { config } from "./config.ts";
import { device } from "./device.ts";
import { estimate } from "./estimate.ts";
import { made } from "./made.ts";
import { metric } from "./metrics.ts";
import { count, fraction, name, nonNegative, positive } from "./units.ts";
import { warning } from "./warning.ts";
import { workload } from "./workload.ts";

/** How well a model predicted configurations it had not seen. */
export const fitScores = z.strictObject({
  heldOut: count.describe("held-out configurations behind these scores"),
  mape: estimate.nullable().describe("mean absolute relative error, with its 95 % interval"),
  medianError: nonNegative.nullable().describe("median absolute relative error"),
  r2: z.number().nullable().describe("coefficient of determination on held-out configurations"),
  coverage: estimate.nullable().describe("share of held-out values inside the interval, with its 95 % interval"),
});
export type FitScores = Readonly<z.infer<typeof fitScores>>;

/** One held-out prediction beside its measurement, kept for the report. */
export const residual = z.strictObject({
  partition: z.string(),
  powerMode: name,
  batch: count,
  measured: z.number(),
  predicted: estimate,
});
export type Residual = Readonly<z.infer<typeof residual>>;

/** How predictions widen between measured values of one knob. */
export const between = z.strictObject({
  measured: z.array(positive).readonly().describe("values of the knob that were measured, ascending"),
  intervalRatio: nonNegative
    .nullable()
    .describe(
      "half width between them, from holding out each inner value whole; null when there is too little to hold out",
    ),
});
export type Between = Readonly<z.infer<typeof between>>;

/** One fitted model: one workload, one metric. */
export const fit = z.strictObject({
  workload: name,
  metric,
  model: z.string().describe("name of the model on the shelf"),
  parameters: z.json().describe("the fitted model as data; its shelf entry reads it back bit-equal"),
  intervalRatio: nonNegative
    .nullable()
    .describe(
      "conformal half width: measured/predicted lies within [1/(1+r), 1+r]; null when too few rows to calibrate",
    ),
  between: z
    .strictObject({ fraction: between, batch: between })
    .optional()
    .describe("wider half widths for device fractions and batches that were not measured themselves"),
  domain: z
    .strictObject({
      fraction: z
        .tuple([nonNegative, nonNegative])
        .readonly()
        .describe("smallest and largest device fraction measured"),
      batch: z.tuple([positive, positive]).readonly().describe("smallest and largest batch measured"),
      powerModes: z.array(name).readonly(),
      partitionKinds: z.array(z.string()).readonly(),
    })
    .describe("what was measured; anything outside is flagged as extrapolated"),
  scores: fitScores,
  rivals: z
    .array(z.strictObject({ model: z.string(), error: nonNegative.nullable() }).readonly())
    .readonly()
    .describe("cross-validation error of every model tried"),
  residuals: z.array(residual).readonly(),
});
export type Fit = Readonly<z.infer<typeof fit>>;

/** Fitted models as data: what is needed to predict without the profile. */
export const surrogate = z.strictObject({
  kind: z.literal("surrogate"),
  version: z.literal(1),
  made,
  device,
  workloads: z.array(workload).readonly(),
  confidence: fraction.describe("coverage the intervals are calibrated to"),
  fits: z.array(fit).readonly(),
  infeasible: z.array(config).readonly().optional().describe("configurations that were tried and cannot run"),
  serviceRatios: z
    .array(
      z.strictObject({
        workload: name,
        partition: z.string().nullable().describe("the partition it holds for; null for all others"),
        ratios: z
          .array(positive)
          .min(1)
          .readonly()
          .describe("quantiles at (i + 0.5)/n of batch latency relative to its median"),
        samples: count,
      }),
    )
    .readonly()
    .describe("how batch latency scatters around its median"),
  warnings: z.array(warning).readonly(),
});
export type Surrogate = Readonly<z.infer<typeof surrogate>>;

import { z } from "zod";
import { dot } from "../dot.ts";
import { column, type FeatureRow } from "../features.ts";
import { defineModel } from "../model.ts";
import { relativeNonNegativeFit } from "../relativeNonNegativeFit.ts";
import { fitScaled, prepareScaled } from "../scaleBySettings.ts";

const speeds = 4;

/** {1, b} × {1, 1/min(1, q), T/q, 1/q} for a batch b, a quota of q cores and T threads. */
function expand(row: FeatureRow): number[] {
  const batch = row[column.batch];
  const quota = row[column.cores];
  const oneThread = 1 / Math.min(1, quota);
  const throttled = row[column.threads] / quota;
  const spread = 1 / quota;
  return [1, oneThread, throttled, spread, batch, batch * oneThread, batch * throttled, batch * spread];
}

const prepareLaw = (k: readonly number[]) => (row: FeatureRow) => dot(expand(row), k);

/**
 * Time of a batch under a quota of processor time: a sum of parts that a quota of q cores treats differently, each with a fixed cost and a
 * cost per item, all ≥ 0.
 *
 * - waiting that needs no processor: 1
 * - one busy thread: 1/min(1, q), throttled only when the quota is less than a core
 * - T threads that all stay busy, spinning where they have no work: T/q, the part of a period in which all of them may run
 * - work that is spread over the threads: 1/q
 *
 * T is the thread count that follows from the quota, so T/q is a saw-tooth with steps at whole cores, which Amdahl's law smooths over.
 */
export const quota = defineModel({
  name: "quota",
  summary: "waiting, single-threaded, spinning and parallel parts under a quota of processor time",
  parameters: z.object({
    base: z.array(z.number().nonnegative()).length(2 * speeds),
    exponents: z.array(z.number()).readonly(),
  }),
  fit: (X, y, { weights }) => {
    const A = X.map(expand);
    return fitScaled(X, y, weights, (scaled) => relativeNonNegativeFit(A, scaled, weights), prepareLaw);
  },
  prepare: (parameters) => prepareScaled(parameters, prepareLaw),
});

import { z } from "zod";
import { column, type FeatureRow } from "../features.ts";
import { geometricMean } from "../mean.ts";
import { defineModel } from "../model.ts";
import { onCurve } from "../onCurve.ts";
import { fitScaled, prepareScaled } from "../scaleBySettings.ts";

/** What was measured on one share, by ascending batch. */
type ShareCurve = {
  readonly inverseFraction: number;
  readonly batches: readonly number[];
  readonly values: readonly number[];
};

/** One curve per share, ascending in 1/φ; configurations that differ in nothing else are averaged (geometric mean). */
function fitCurves(X: readonly FeatureRow[], y: readonly number[]): ShareCurve[] {
  const shares = Map.groupBy(X.keys(), (i) => X[i][column.fraction]);
  return [...shares]
    .sort(([a], [b]) => b - a)
    .map(([fraction, members]) => {
      const batches = [...Map.groupBy(members, (i) => X[i][column.batch])].sort(([a], [b]) => a - b);
      return {
        inverseFraction: 1 / fraction,
        batches: batches.map(([batch]) => batch),
        values: batches.map(([, same]) => geometricMean(same.map((i) => y[i]))),
      };
    });
}

function prepareCurves(curves: readonly ShareCurve[]): (row: FeatureRow) => number {
  return (row) => {
    const batch = row[column.batch];
    const known = curves.filter(({ batches }) => batches.length > 1 || batches[0] === batch);
    const used = known.length === 0 ? curves : known;
    return onCurve(
      used.map(({ inverseFraction }) => inverseFraction),
      used.map(({ batches, values }) => onCurve(batches, values, batch)),
      1 / row[column.fraction],
    );
  };
}

/**
 * Piecewise linear between the measured configurations: along the batch on every share, then along 1/φ between shares. Both are the scales
 * on which Amdahl's law is straight. A share on which only one batch was measured says nothing about others.
 */
export const interpolation = defineModel({
  name: "interpolation",
  summary: "piecewise linear between measured configurations, in the batch and in 1/share",
  parameters: z.object({
    base: z
      .array(
        z.object({
          inverseFraction: z.number().positive(),
          batches: z.array(z.number()).min(1).readonly(),
          values: z.array(z.number().positive()).min(1).readonly(),
        }),
      )
      .min(1),
    exponents: z.array(z.number()).readonly(),
  }),
  fit: (X, y, { weights }) => fitScaled(X, y, weights, (scaled) => fitCurves(X, scaled), prepareCurves),
  prepare: (parameters) => prepareScaled(parameters, prepareCurves),
});

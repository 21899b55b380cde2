import { z } from "zod";
import { column, type FeatureRow } from "./features.ts";
import { geometricMean } from "./mean.ts";
import { defineModel, type Model, type Parameters } from "./model.ts";
import { fitScaled, prepareScaled } from "./scaleBySettings.ts";

/** A regression of one variable on positive targets. */
export interface Curve<C extends Parameters> {
  readonly saved: z.ZodType<C>;
  /** Least number of different x that determine it. */
  readonly leastPoints: number;
  readonly fit: (x: readonly number[], y: readonly number[]) => C;
  readonly prepare: (saved: C) => (x: number) => number;
}

type Axis<C> = {
  readonly column: number;
  readonly curve: C;
};

type Product<C> = {
  readonly scale: number;
  readonly axes: readonly Axis<C>[];
};

/**
 * A model from a univariate regression: a product of one curve over the device fraction and one over the batch, times a factor for the
 * settings. An axis on which all rows agree is left out.
 *
 * Backfitted: each curve in turn to the targets divided by everything else, until the curves stand still.
 *
 * @see J. H. Friedman and W. Stuetzle, Projection Pursuit Regression, JASA 76 (1981), for backfitting
 */
export function perAxis<C extends Parameters>(name: string, summary: string, curve: Curve<C>): Model {
  const axis = z.object({ column: z.int(), curve: curve.saved });
  const base = z.object({ scale: z.number().positive(), axes: z.array(axis).readonly() });
  const prepare = (product: Product<C>) => prepareProduct(curve, product);
  return defineModel({
    name,
    summary,
    parameters: z.object({ base, exponents: z.array(z.number()).readonly() }),
    fit: (X, y, { weights }) => fitScaled(X, y, weights, (scaled) => fitProduct(curve, X, scaled), prepare),
    prepare: (parameters) => prepareScaled(parameters, prepare),
  });
}

function fitProduct<C extends Parameters>(
  curve: Curve<C>,
  X: readonly FeatureRow[],
  y: readonly number[],
): Product<C> | null {
  const varying = [column.fraction, column.batch]
    .map((index) => ({ index, x: X.map((row) => row[index]) }))
    .map((axis) => ({ ...axis, levels: new Set(axis.x).size }))
    .filter(({ levels }) => levels > 1);
  if (varying.some(({ levels }) => levels < curve.leastPoints)) return null;
  const scale = geometricMean(y);
  const curves = backfit(
    curve,
    varying.map(({ x }) => x),
    y.map((value) => value / scale),
  );
  return { scale, axes: curves.map((saved, i) => ({ column: varying[i].index, curve: saved })) };
}

/** One curve per axis, so that their product is close to y. */
function backfit<C extends Parameters>(
  curve: Curve<C>,
  axes: readonly (readonly number[])[],
  y: readonly number[],
): C[] {
  const saved: C[] = [];
  const factors = axes.map((x) => x.map(() => 1));
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let change = 0;
    for (const [a, x] of axes.entries()) {
      const others = factors.filter((_, other) => other !== a);
      saved[a] = curve.fit(
        x,
        y.map((value, i) => others.reduce((rest, factor) => rest / factor[i], value)),
      );
      const next = x.map(curve.prepare(saved[a]));
      change = Math.max(change, ...next.map((value, i) => Math.abs(Math.log(value / factors[a][i]))));
      factors[a] = next;
    }
    if (axes.length < 2 || change < smallestChange) break;
  }
  return saved;
}

const mostSweeps = 30;
const smallestChange = 1e-5;

function prepareProduct<C extends Parameters>(
  curve: Curve<C>,
  { scale, axes }: Product<C>,
): (row: FeatureRow) => number {
  const prepared = axes.map((axis) => ({ column: axis.column, value: curve.prepare(axis.curve) }));
  return (row) => {
    let product = scale;
    for (const axis of prepared) product *= axis.value(row[axis.column]);
    return product;
  };
}

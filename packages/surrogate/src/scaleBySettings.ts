import { dot } from "./dot.ts";
import { type FeatureRow, firstSetting } from "./features.ts";
import { weightedLeastSquares } from "./weightedLeastSquares.ts";

/** A law of share and batch, times a factor for the power mode and the kind of partition. */
export type Scaled<P> = {
  readonly base: P;
  /** One exponent per setting column: the factor is exp(Σ exponent · setting). */
  readonly exponents: readonly number[];
};

/**
 * Fits y = base(share, batch) · exp(Σ exponent · setting) by turns: the base with the settings' factor divided out, then the exponents
 * with the base divided out. Without varying settings the base is fitted once.
 *
 * @param fitBase  fits the law of share and batch alone; null when the rows cannot determine it
 * @param prepare  the fitted law as a function
 */
export function fitScaled<P>(
  X: readonly FeatureRow[],
  y: readonly number[],
  weights: readonly number[],
  fitBase: (y: readonly number[]) => P | null,
  prepare: (base: P) => (row: FeatureRow) => number,
): Scaled<P> | null {
  const settings = X.map((row) => row.slice(firstSetting));
  let exponents: readonly number[] = settings[0].map(() => 0);
  for (let round = 1; ; round++) {
    const factors = settings.map((row) => Math.exp(dot(row, exponents)));
    const base = fitBase(y.map((value, i) => value / factors[i]));
    if (base === null || exponents.length === 0) return base && { base, exponents };
    const law = prepare(base);
    const next = exponentsOf(
      settings,
      X.map((row, i) => Math.log(y[i] / law(row))),
      weights,
    );
    const change = Math.max(...next.map((value, j) => Math.abs(value - exponents[j])));
    if (change < smallestChange || round === mostRounds) return { base, exponents };
    exponents = next;
  }
}

const smallestChange = 1e-9;
const mostRounds = 50;

/** Slopes of the log ratios over the settings; the base law takes the intercept, so it is fitted and dropped. */
function exponentsOf(
  settings: readonly (readonly number[])[],
  logRatios: readonly number[],
  weights: readonly number[],
) {
  const withIntercept = settings.map((row) => [...row, 1]);
  return weightedLeastSquares(withIntercept, logRatios, weights).slice(0, -1);
}

/** The fitted function of a scaled law. */
export function prepareScaled<P>(
  { base, exponents }: Scaled<P>,
  prepare: (base: P) => (row: FeatureRow) => number,
): (row: FeatureRow) => number {
  const law = prepare(base);
  if (exponents.length === 0) return law;
  return (row) => law(row) * Math.exp(dot(row.slice(firstSetting), exponents));
}

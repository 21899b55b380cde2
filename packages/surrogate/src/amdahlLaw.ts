import { z } from "zod";
import { dot } from "./dot.ts";
import { column, type FeatureRow } from "./features.ts";
import { relativeNonNegativeFit } from "./relativeNonNegativeFit.ts";

/** k₀ … k₃ of t = k₀ + k₁·b + (k₂ + k₃·b)/φ. */
export type AmdahlLaw = readonly number[];

export const amdahlLaw = z.array(z.number().nonnegative()).length(4).readonly();

/** 1, b, 1/φ, b/φ for a batch b on a fraction φ of the device. */
function expand(row: FeatureRow): number[] {
  const batch = row[column.batch];
  const fraction = row[column.fraction];
  return [1, batch, 1 / fraction, batch / fraction];
}

/**
 * Amdahl's law for batches: a batch costs a fixed part and a part per item; of each, one portion shrinks with the fraction of the device and
 * one does not. With one serial fraction s for both and costs a + c·b it is t = (a + c·b)·(s + (1 − s)/φ).
 *
 * @see G. M. Amdahl, Validity of the single processor approach, AFIPS 30 (1967)
 */
export function fitAmdahl(X: readonly FeatureRow[], y: readonly number[], weights: readonly number[]): number[] {
  return relativeNonNegativeFit(X.map(expand), y, weights);
}

export function prepareAmdahl(law: AmdahlLaw): (row: FeatureRow) => number {
  return (row) => dot(expand(row), law);
}

import type { Random } from "@partitune/numerics";
import { type Fold, folds } from "./folds.ts";
import type { Model } from "./model.ts";
import { preferSimple } from "./preferSimple.ts";
import { pick, type Sample } from "./sample.ts";

/** A model chosen by cross-validation. */
export interface Selection {
  /** Undefined when the rows are too few for every model. */
  readonly chosen: Model | undefined;
  /** Mean absolute logarithm of measured over predicted, on held-out rows; null where a model could not be fitted. */
  readonly rivals: readonly { readonly model: string; readonly error: number | null }[];
}

/** More folds cost time and did not choose better models. */
const mostFolds = 5;

/**
 * Chooses among models by cross-validation on a sample, all on the same folds.
 *
 * @param models  in order of preference, the simplest first
 */
export function selectModel(sample: Sample, models: readonly Model[], random: Random): Selection {
  const split = folds(sample.y.length, mostFolds, random.fork("selection"));
  const errors = models.map((model) => heldOutErrors(model, sample, split, random));
  const usable = models.map((_, m) => m).filter((m) => errors[m] !== null);
  const best = preferSimple(usable.map((m) => errors[m] ?? []));
  return {
    chosen: best === undefined ? undefined : models[usable[best]],
    rivals: models.map(({ name }, m) => ({ model: name, error: meanOrNull(errors[m]) })),
  };
}

/** |log(measured / predicted)| of every row from a fit to the other folds; null when the model fails on any. */
function heldOutErrors(model: Model, sample: Sample, split: readonly Fold[], random: Random): number[] | null {
  const context = { random: random.fork(model.name) };
  const parent = model.fit(sample.X, sample.y, { ...context, weights: sample.weights });
  if (parent === null) return null;
  const errors = new Array<number>(sample.y.length);
  for (const { train, test } of split) {
    const { X, y, weights } = pick(sample, train);
    const parameters = model.fit(X, y, { ...context, weights, parent });
    if (parameters === null) return null;
    const predicted = model.prepare(parameters);
    for (const i of test) errors[i] = Math.abs(Math.log(sample.y[i] / predicted(sample.X[i])));
  }
  return errors.every(Number.isFinite) ? errors : null;
}

function meanOrNull(values: readonly number[] | null): number | null {
  return values === null ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

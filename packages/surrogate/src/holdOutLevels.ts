import type { Random } from "@partitune/numerics";
import type { Model } from "./model.ts";
import { pick, type Sample } from "./sample.ts";

/** The levels of one knob, and how well a model predicts inner levels from all others. */
export interface LevelErrors {
  /** Values of the knob, ascending. */
  readonly measured: readonly number[];
  /** |log(measured / predicted)| of every row of every inner level, held out level by level. */
  readonly errors: readonly number[];
}

/**
 * Holds out each inner level of a knob whole: all batches of one share, or all shares of one batch. What is measured at other batches of the same
 * share helps a lot; a share between measured ones has no such help, and its errors are larger.
 *
 * The gap left by a held-out level is wider than those between measured levels, so the errors are on the safe side.
 *
 * @param column  the knob's column in the feature rows
 */
export function holdOutLevels(sample: Sample, model: Model, column: number, random: Random): LevelErrors {
  const measured = [...new Set(sample.X.map((row) => row[column]))].sort((a, b) => a - b);
  const rows = [...sample.y.keys()];
  const errors = measured.slice(1, -1).flatMap((level) => {
    const train = pick(
      sample,
      rows.filter((i) => sample.X[i][column] !== level),
    );
    const parameters = model.fit(train.X, train.y, { weights: train.weights, random });
    if (parameters === null) return [];
    const predict = model.prepare(parameters);
    const test = rows.filter((i) => sample.X[i][column] === level);
    return test.map((i) => Math.abs(Math.log(sample.y[i] / predict(sample.X[i])))).filter(Number.isFinite);
  });
  return { measured, errors };
}

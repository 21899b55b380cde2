import type { Random } from "@partitune/numerics";
import { folds } from "./folds.ts";
import type { Model, Parameters } from "./model.ts";
import { pick, type Sample } from "./sample.ts";
import { type Selection, selectModel } from "./selectModel.ts";

/** A model chosen and fitted on all rows, and how the whole procedure did on rows it had not seen. */
export interface NestedFit {
  readonly model: Model;
  readonly parameters: Parameters;
  readonly rivals: Selection["rivals"];
  /** What the procedure predicted for each row without it. */
  readonly heldOut: readonly number[];
}

/** Tables up to this size are held out one configuration at a time, larger ones by tenths. */
const mostSingles = 24;
const foldsOfLarge = 10;

/**
 * Nested cross-validation: the outer folds judge, the inner ones choose the model, so that no row takes part in a choice that it judges.
 * Ends with the choice and the fit on all rows.
 *
 * @returns undefined when the rows are too few for every model
 * @see G. C. Cawley and N. L. C. Talbot, On Over-fitting in Model Selection, JMLR 11 (2010)
 */
export function nestedFit(sample: Sample, models: readonly Model[], random: Random): NestedFit | undefined {
  const n = sample.y.length;
  const heldOut = new Array<number>(n);
  for (const { train, test } of folds(n, n <= mostSingles ? n : foldsOfLarge, random.fork("outer"))) {
    const predict = chooseAndFit(pick(sample, train), models, random)?.predict;
    if (predict === undefined) return undefined;
    for (const i of test) heldOut[i] = predict(sample.X[i]);
  }
  const final = chooseAndFit(sample, models, random);
  return final && { model: final.model, parameters: final.parameters, rivals: final.rivals, heldOut };
}

function chooseAndFit(sample: Sample, models: readonly Model[], random: Random) {
  const { chosen, rivals } = selectModel(sample, models, random);
  const parameters = chosen?.fit(sample.X, sample.y, { weights: sample.weights, random: random.fork(chosen.name) });
  if (chosen === undefined || parameters === undefined || parameters === null) return undefined;
  return { model: chosen, parameters, rivals, predict: chosen.prepare(parameters) };
}

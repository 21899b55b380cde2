import { InputError, loadAny, type Predict, type Profile, type Surrogate } from "@partitune/schema";
import { lookup, predictor } from "@partitune/surrogate";

/** A surrogate, or a profile whose table is looked up, with the function that predicts from it. */
export interface PredictionSource {
  readonly source: Profile | Surrogate;
  readonly predict: Predict;
}

/**
 * Loads what predictions rest on.
 *
 * @throws InputError when the file is neither a surrogate nor a profile
 */
export function loadPredictor(path: string): PredictionSource {
  const content = loadAny(path);
  if (content.kind === "surrogate") return { source: content, predict: predictor(content) };
  if (content.kind === "profile") return { source: content, predict: lookup(content) };
  throw new InputError({
    what: "the file",
    problem: `is of kind "${content.kind}", expected "surrogate" or "profile"`,
    advice: "give what partitune fit or partitune profile wrote",
    where: { file: path },
  });
}

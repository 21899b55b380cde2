import {
  InputError,
  isOneInFlight,
  loadAny,
  type Predict,
  type Profile,
  type Surrogate,
  type Warning,
} from "@partitune/schema";
import { lookup, predictor } from "@partitune/surrogate";
import { warn } from "./warn.ts";

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
  if (content.kind === "profile") {
    warn(leftOut(content));
    return { source: content, predict: lookup(content) };
  }
  throw new InputError({
    what: "the file",
    problem: `is of kind "${content.kind}", expected "surrogate" or "profile"`,
    advice: "give what partitune fit or partitune profile wrote",
    where: { file: path },
  });
}

/** A table is looked up where one batch was in flight; other loads answer other questions. */
function leftOut({ device, measurements }: Profile): readonly Warning[] {
  const others = measurements.filter(({ point }) => !isOneInFlight(point.load)).length;
  if (others === 0) return [];
  return [
    {
      code: "rows-left-out",
      where: device.name,
      cause: `${others} of ${measurements.length} measurements are not looked up: they were made under another load than one batch in flight`,
      advice: "compare them with what is predicted for such a load",
    },
  ];
}

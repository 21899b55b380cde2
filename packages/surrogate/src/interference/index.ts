import type { InterferenceFit } from "../interferenceSample.ts";
import { constant } from "./constant.ts";
import { linear } from "./linear.ts";
import { none } from "./none.ts";
import { pairwise } from "./pairwise.ts";

/** The shelf of interference models, the simplest first. */
export const interferenceModels: Readonly<Record<InterferenceFit["name"], InterferenceFit>> = {
  none,
  constant,
  pairwise,
  linear,
};

import { als } from "./als.ts";
import { bayesian } from "./bayesian.ts";
import { exhaustive } from "./exhaustive.ts";
import { defaultMode, maxn } from "./fixedMode.ts";
import { gmd } from "./gmd.ts";
import { gpEi } from "./gpEi.ts";
import { nnK } from "./nnK.ts";
import { nsga2 } from "./nsga2.ts";
import { random } from "./random.ts";
import { roofline } from "./roofline.ts";
import type { StartStrategy } from "./strategy.ts";
import { tpe } from "./tpe.ts";
import { transfer } from "./transfer.ts";

/** Search strategies by name. */
export const strategies = {
  default: defaultMode,
  maxn,
  gmd,
  roofline,
  als,
  "nn-k": nnK,
  transfer,
  bayesian,
  "gp-ei": gpEi,
  nsga2,
  tpe,
  random,
  exhaustive,
} as const satisfies Record<string, StartStrategy>;

export type StrategyName = keyof typeof strategies;

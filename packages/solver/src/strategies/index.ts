import { exhaustive } from "./exhaustive.ts";
import { gmd } from "./gmd.ts";
import { random } from "./random.ts";
import { roofline } from "./roofline.ts";
import type { StartStrategy } from "./strategy.ts";

/** Search strategies by name. */
export const strategies = {
  gmd,
  roofline,
  random,
  exhaustive,
} as const satisfies Record<string, StartStrategy>;

export type StrategyName = keyof typeof strategies;

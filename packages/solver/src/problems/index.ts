import { backlogged } from "./backlogged.ts";
import { concurrent } from "./concurrent.ts";
import { inference } from "./inference.ts";
import { rateSchedule } from "./rateSchedule.ts";
import { training } from "./training.ts";
import { twoInferences } from "./twoInferences.ts";

/** Power-mode problems by name, each solved exactly over the rows of its tables. */
export const problems = {
  training,
  inference,
  concurrent,
  backlogged,
  "two-inferences": twoInferences,
  "rate-schedule": rateSchedule,
} as const;

export type ProblemName = keyof typeof problems;

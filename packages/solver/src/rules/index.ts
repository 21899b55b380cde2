import { halfSlo } from "./halfSlo.ts";
import { latencyOnly } from "./latencyOnly.ts";
import { queue } from "./queue.ts";
import { residual } from "./residual.ts";
import type { Rule } from "./rule.ts";

/** Feasibility rules by the name the field knows them by. */
export const rules = {
  queue,
  "latency-only": latencyOnly,
  "half-slo": halfSlo,
  residual,
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof rules;

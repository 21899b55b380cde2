import { z } from "zod";
import { made } from "./made.ts";
import { modePromise } from "./modePlan.ts";
import { modeTrace } from "./modeTrace.ts";
import { check } from "./report.ts";
import { positiveCount } from "./units.ts";
import { warning } from "./warning.ts";

/** One promise of a mode plan or of a schedule's period, judged. */
export const modeCheck = check.extend({
  promise: modePromise,
  period: positiveCount.nullable().describe("which period of a schedule, the first is 1; null for a plan"),
});
export type ModeCheck = Readonly<z.infer<typeof modeCheck>>;

/** A mode plan or schedule judged against its own promises. */
export const modeReport = z.strictObject({
  kind: z.literal("mode-report"),
  version: z.literal(1),
  made,
  checks: z.array(modeCheck).readonly(),
  traces: z.array(modeTrace).readonly().describe("what the judgement rests on"),
  warnings: z.array(warning).readonly(),
  synthetic: z.boolean(),
});
export type ModeReport = Readonly<z.infer<typeof modeReport>>;

import type { StepOutcome } from "./putBack.ts";
import type { RestoreReport } from "./restoreStep.ts";

export function reportOf(outcomes: readonly StepOutcome[]): RestoreReport {
  return {
    restored: outcomes.filter(({ reason }) => reason === undefined).map(({ step }) => step),
    left: outcomes.flatMap(({ step, reason }) => (reason === undefined ? [] : [{ step, reason }])),
  };
}

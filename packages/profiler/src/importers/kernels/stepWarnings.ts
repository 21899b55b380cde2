import type { Warning } from "@partitune/schema";
import type { BuiltSteps } from "./buildSteps.ts";
import type { StepWindow } from "./deviceOperations.ts";

/** Steps of a file, and the windows they were launched in. */
export interface StepContext {
  readonly file: string;
  readonly built: BuiltSteps;
  readonly windows: readonly StepWindow[];
}

/** Doubts about the steps of a recording: too few of them, or operations that overlap. */
export function stepWarnings({ file, built, windows }: StepContext): readonly Warning[] {
  const warnings: Warning[] = [];
  const total = built.steps.reduce((sum, { identities }) => sum + identities.length, 0);
  if (built.steps.length < 3) {
    warnings.push({
      code: "few-steps",
      where: file,
      cause: `${built.steps.length} ${built.steps.length === 1 ? "step is" : "steps are"} too few to tell how much times scatter`,
      advice: "record at least 3 steps after warm-up, better 10",
    });
  }
  const nested = windows.filter(({ start }, i) => i > 0 && start < windows[i - 1]!.end).length;
  if (nested > 0) {
    warnings.push({
      code: "overlapping-steps",
      where: file,
      cause: `${nested} steps begin before the one before has ended; operations belong to the innermost`,
      advice: "choose annotations that enclose one step each with --step-marker",
    });
  }
  if (built.overlapsOnStream > 0.01 * total) {
    warnings.push({
      code: "overlaps-on-stream",
      where: file,
      cause: `${built.overlapsOnStream} of ${total} operations begin before an earlier one on their stream has ended, which no device does`,
      advice: "take short idle times with care: the clock of the trace is coarse, or its times are wrong",
    });
  }
  if (built.overlapsOfStreams > 0.01 * total) {
    warnings.push({
      code: "overlaps-of-streams",
      where: file,
      cause: `${built.overlapsOfStreams} of ${total} operations overlap one on another stream; each counts with the time it adds`,
      advice: "take such durations as lower bounds of what the operation takes alone",
    });
  }
  return warnings;
}

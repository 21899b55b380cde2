import type { GcapsRecurrence } from "./gcapsTerms.ts";
import type { AnalysedTask, RealTimeSet } from "./realTimeSet.ts";
import { respond, respondInOrder } from "./respondInOrder.ts";
import type { AnalysisResult } from "./schedulability/analysis.ts";

/**
 * Responses under the priorities on the accelerator that the set states. Where they are another order than on the processor, a task may wait
 * for one whose bound depends on its own, so that deadlines take the place of bounds in all jitters: then the bounds hold if all are met.
 */
export function respondGcaps(set: RealTimeSet, recurrenceOf: GcapsRecurrence): AnalysisResult {
  const { tasks, sameOrder } = set;
  const gpuPriorities = tasks.map(({ gpuPriority }) => gpuPriority);
  if (sameOrder) {
    const responses = respondInOrder(tasks, (index, latest) =>
      recurrenceOf(set, index, { latest, goesBefore: (h) => h < index }),
    );
    return { responses, gpuPriorities, notes: [] };
  }
  const latest = tasks.map(({ deadline }) => deadline);
  const responses = tasks.map((task, index) => {
    const rank = rankOf(tasks, index);
    const goesBefore = (h: number) => tasks[h]!.gpuPriority > rank;
    return respond(recurrenceOf(set, index, { latest, goesBefore }), task.deadline);
  });
  return { responses, gpuPriorities, notes: responses.every(({ bound }) => bound !== null) ? [] : [conditional] };
}

const conditional = "bounds of the others hold only as long as every task meets its deadline";

/** A task without segments is held up by whoever holds up the busy waiting of a more urgent task of its core. */
function rankOf(tasks: readonly AnalysedTask[], index: number): number {
  const { core, segments, gpuPriority } = tasks[index]!;
  if (segments.length > 0) return gpuPriority;
  return tasks
    .slice(0, index)
    .filter((other) => other.core === core && other.segments.length > 0)
    .reduce((least, other) => Math.min(least, other.gpuPriority), gpuPriority);
}

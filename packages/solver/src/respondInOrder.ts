import { leastFixedPoint, type Recurrence } from "./leastFixedPoint.ts";
import type { AnalysedTask } from "./realTimeSet.ts";
import type { TaskResponse } from "./schedulability/analysis.ts";

/**
 * Responses of tasks, the most urgent first.
 *
 * @param recurrenceOf  is told the bounds of the tasks before, ns, Infinity for those that have none
 */
export function respondInOrder(
  tasks: readonly AnalysedTask[],
  recurrenceOf: (index: number, bounds: Float64Array) => Recurrence,
): readonly TaskResponse[] {
  const bounds = new Float64Array(tasks.length).fill(Number.POSITIVE_INFINITY);
  return tasks.map(({ deadline }, index) => {
    const response = respond(recurrenceOf(index, bounds), deadline);
    if (response.bound !== null) bounds[index] = response.bound;
    return response;
  });
}

/** The response of a task; not known when it rests on a jitter that is infinite. */
export function respond(recurrence: Recurrence, deadline: number): TaskResponse {
  const known = recurrence.interferences.every(({ jitter }) => jitter < Number.POSITIVE_INFINITY);
  if (!known) return { bound: null, reached: recurrence.base, known };
  const reached = leastFixedPoint(recurrence, deadline);
  return { bound: reached <= deadline ? reached : null, reached, known };
}

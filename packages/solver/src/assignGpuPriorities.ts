import type { GcapsRecurrence } from "./gcapsTerms.ts";
import type { RealTimeSet } from "./realTimeSet.ts";
import { respond } from "./respondInOrder.ts";
import type { AnalysisResult, TaskResponse } from "./schedulability/analysis.ts";

/**
 * Looks for an order on the accelerator under which all deadlines are met: from the lowest level up, each goes to a task that meets its deadline
 * there with all unassigned ones above it. The test of a task depends on who is above it and not on their order, since jitters rest on deadlines;
 * so whatever fits a level may take it, and no order is missed.
 *
 * Only the lowest unassigned task of each core is tried: no other order is free of inversions within a core, under which tasks could block each
 * other for ever. At most n · cores tests.
 *
 * @returns null when there is no such order
 * @see N. Audsley, On priority assignment in fixed priority scheduling (2001); GCAPS (ECRTS 2024), separate GPU priorities
 */
export function assignGpuPriorities(set: RealTimeSet, recurrenceOf: GcapsRecurrence): AnalysisResult | null {
  const { tasks } = set;
  const latest = tasks.map(({ deadline }) => deadline);
  const gpuPriorities = new Array<number>(tasks.length).fill(0);
  const responses = new Array<TaskResponse>(tasks.length);
  const unassigned = new Set(tasks.keys());
  const goesBefore = (h: number) => unassigned.has(h);
  for (let level = 1; level <= tasks.length; level++) {
    const found = lowestOfCores(set, unassigned).find((index) => {
      responses[index] = respond(recurrenceOf(set, index, { latest, goesBefore }), tasks[index]!.deadline);
      return responses[index].bound !== null;
    });
    if (found === undefined) return null;
    gpuPriorities[found] = level;
    unassigned.delete(found);
  }
  return { responses, gpuPriorities, notes: ["the order on the accelerator is another than on the processor"] };
}

/** The least urgent unassigned task of each core, the least urgent of all first. */
function lowestOfCores({ tasks }: RealTimeSet, unassigned: ReadonlySet<number>): readonly number[] {
  const cores = new Set<number>();
  return [...unassigned]
    .sort((a, b) => b - a)
    .filter((index) => {
      const { core } = tasks[index]!;
      if (cores.has(core)) return false;
      cores.add(core);
      return true;
    });
}

import { type GcapsRecurrence, ownWork, remoteSegments, updatesOf } from "./gcapsTerms.ts";
import type { Interference } from "./leastFixedPoint.ts";

/**
 * Preemptive priorities on the accelerator, tasks keep their core busy meanwhile.
 *
 * Equations 10 to 12 as printed charge a task without segments nothing for the time in which a more urgent task of its core waits busily.
 * The published tool does charge it, C + G + 2 ε η for every job, and only so do the published bounds of the case study come out. Here too.
 *
 * @see Wang, Liu, Wong, Kim, GCAPS (ECRTS 2024), equations 1 and 9–12
 */
export const gcapsBusyTerms: GcapsRecurrence = (set, index, { latest, goesBefore }) => {
  const { tasks } = set;
  const task = tasks[index]!;
  const interferences: Interference[] = [];
  for (let h = 0; h < tasks.length; h++) {
    const other = tasks[h]!;
    if (other.core !== task.core) {
      if (other.segments.length > 0 && goesBefore(h)) interferences.push(remoteSegments(other, latest[h]!, set));
    } else if (h < index) {
      const work = other.cpu + other.launch + other.execution + updatesOf(other, set);
      interferences.push({ period: other.period, jitter: 0, work });
    }
  }
  return { base: ownWork(task, set), interferences };
};

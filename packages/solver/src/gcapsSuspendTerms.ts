import { type GcapsRecurrence, ownWork, remoteSegments, updatesOf } from "./gcapsTerms.ts";
import type { Interference } from "./leastFixedPoint.ts";

/**
 * Preemptive priorities on the accelerator, tasks sleep meanwhile.
 *
 * @see Wang, Liu, Wong, Kim, GCAPS (ECRTS 2024), equations 1, 9, 13 and 14
 */
export const gcapsSuspendTerms: GcapsRecurrence = (set, index, { latest, goesBefore }) => {
  const { tasks } = set;
  const task = tasks[index]!;
  const interferences: Interference[] = [];
  for (let h = 0; h < tasks.length; h++) {
    const other = tasks[h]!;
    const { period, cpu, launch, execution } = other;
    if (other.core !== task.core) {
      if (task.segments.length > 0 && other.segments.length > 0 && h !== index && goesBefore(h))
        interferences.push(remoteSegments(other, latest[h]!, set));
    } else if (h < index) {
      if (other.segments.length === 0) {
        interferences.push({ period, jitter: 0, work: cpu });
      } else {
        const work = cpu + launch + updatesOf(other, set);
        interferences.push({ period, jitter: latest[h]! - cpu - launch, work });
        if (task.segments.length > 0) interferences.push({ period, jitter: latest[h]! - execution, work: execution });
      }
    }
  }
  return { base: ownWork(task, set), interferences };
};

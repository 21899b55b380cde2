import type { Interference } from "../leastFixedPoint.ts";
import { respondInOrder } from "../respondInOrder.ts";
import { ownTurns, usersOf } from "../roundRobinTerms.ts";
import type { Analysis } from "./analysis.ts";

/**
 * The default driver, tasks sleep while the accelerator works for them.
 *
 * @see Wang, Liu, Wong, Kim, GCAPS (ECRTS 2024), equations 3, 5 and 8
 */
export const roundRobinSuspend: Analysis = {
  title: "time-sliced round robin of the driver, tasks sleep while the accelerator works",
  proof: "published",
  analyse: (set) => {
    const { tasks } = set;
    const users = usersOf(set).length;
    const responses = respondInOrder(tasks, (index, bounds) => {
      const { core } = tasks[index]!;
      const interferences: Interference[] = [];
      for (let h = 0; h < index; h++) {
        const other = tasks[h]!;
        if (other.core !== core) continue;
        const work = other.cpu + other.launch;
        const jitter = other.segments.length > 0 ? bounds[h]! - work : 0;
        interferences.push({ period: other.period, jitter, work });
      }
      return { base: ownTurns(tasks[index]!, set, users), interferences };
    });
    return { responses, gpuPriorities: tasks.map(({ gpuPriority }) => gpuPriority), notes: [] };
  },
};

import type { Interference } from "../leastFixedPoint.ts";
import { respondInOrder } from "../respondInOrder.ts";
import { ownTurns, turnsOf, usersOf } from "../roundRobinTerms.ts";
import type { Analysis } from "./analysis.ts";

/**
 * The default driver, tasks keep their core busy while the accelerator works for them.
 *
 * @see Wang, Liu, Wong, Kim, GCAPS (ECRTS 2024), equations 3 and 5–7
 */
export const roundRobinBusy: Analysis = {
  title: "time-sliced round robin of the driver, tasks wait busily",
  proof: "published",
  analyse: (set) => {
    const { tasks } = set;
    const users = usersOf(set);
    const responses = respondInOrder(tasks, (index) => {
      const { core } = tasks[index]!;
      const above = tasks.slice(0, index).filter((other) => other.core === core);
      const usersAbove = above.reduce((count, { segments }) => count + Math.min(segments.length, 1), 0);
      const contexts = users.length - usersAbove + 1;
      const interferences: Interference[] = above.map((other) => ({
        period: other.period,
        jitter: 0,
        work: other.cpu + other.launch + turnsOf(other, contexts, set),
      }));
      return { base: ownTurns(tasks[index]!, set, users.length), interferences };
    });
    return { responses, gpuPriorities: tasks.map(({ gpuPriority }) => gpuPriority), notes: [] };
  },
};

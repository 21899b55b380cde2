import type { Random } from "@partitune/numerics";
import type { RealTimeTask, TaskSet } from "@partitune/schema";

/**
 * A synthetic set of chains of kernels of a few ns, each task with a core of its own: so short that whole numbers matter and bounds are often
 * reached exactly. With host gaps some kernels come after processor work, and some tasks compute beside.
 */
export function randomChains(random: Random, hostGaps: boolean): TaskSet {
  const count = 2 + random.integer(4);
  const load = 0.3 + 0.7 * random.next();
  const tasks = Array.from({ length: count }, (_, index): RealTimeTask => {
    const period = 40 + random.integer(400);
    const kernels = 1 + random.integer(6);
    const most = Math.max(1, Math.floor((2 * load * period) / count / kernels));
    const gapLimit = Math.max(1, Math.floor(period / 4 / kernels));
    const segments = Array.from({ length: kernels }, () => ({
      launchSeconds: hostGaps && random.next() < 0.5 ? random.integer(gapLimit) / 1e9 : 0,
      executionSeconds: (1 + random.integer(most)) / 1e9,
    }));
    return {
      name: `chain ${index + 1}`,
      core: index,
      priority: count - index,
      gpuPriority: null,
      periodSeconds: period / 1e9,
      deadlineSeconds: (random.next() < 0.5 ? period : Math.ceil(period * (0.5 + random.next() / 2))) / 1e9,
      cpuSeconds: hostGaps && random.next() < 0.3 ? random.integer(gapLimit) / 1e9 : 0,
      segments,
      bestEffort: index === count - 1 && random.next() < 0.3,
    };
  });
  const accelerator = { sliceSeconds: 1.024e-3, switchSeconds: 0, updateSeconds: 0 };
  return { kind: "task-set", version: 1, cores: count, accelerator, tasks };
}

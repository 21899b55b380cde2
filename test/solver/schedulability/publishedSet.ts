import type { RealTimeTask, TaskSet } from "@partitune/schema";

export const made = { tool: "test", at: "2026-01-01T00:00:00Z", seed: null, inputs: [] };

/** A task in ms; segments are pairs of launch and execution. */
export function task(
  name: string,
  [core, priority]: readonly [number, number],
  [period, cpu]: readonly [number, number],
  segments: readonly (readonly [number, number])[],
  more: Partial<RealTimeTask> = {},
): RealTimeTask {
  return {
    name,
    core,
    priority,
    gpuPriority: null,
    periodSeconds: period / 1e3,
    deadlineSeconds: period / 1e3,
    cpuSeconds: cpu / 1e3,
    segments: segments.map(([launch, execution]) => ({
      launchSeconds: launch / 1e3,
      executionSeconds: execution / 1e3,
    })),
    bestEffort: false,
    ...more,
  };
}

/** A set of tasks; overheads in ms. */
export function setOf(
  tasks: readonly RealTimeTask[],
  { cores = 2, slice = 1.024, contextSwitch = 0.2, update = 1 } = {},
): TaskSet {
  return {
    kind: "task-set",
    version: 1,
    cores,
    accelerator: { sliceSeconds: slice / 1e3, switchSeconds: contextSwitch / 1e3, updateSeconds: update / 1e3 },
    tasks,
  };
}

/** The four tasks of table 2 of GCAPS (Wang, Liu, Wong, Kim, ECRTS 2024); priorities on the accelerator may be given from t1 to t4. */
export function publishedTasks(gpuPriorities: readonly (number | null)[] = []): readonly RealTimeTask[] {
  const tasks = [
    task(
      "t1",
      [0, 4],
      [80, 9],
      [
        [2, 4],
        [2, 2],
      ],
    ),
    task("t2", [0, 3], [150, 40], []),
    task("t3", [1, 2], [190, 34], [[5, 80]]),
    task("t4", [0, 1], [200, 18], [[2, 10]]),
  ];
  return tasks.map((each, index) => ({ ...each, gpuPriority: gpuPriorities[index] ?? null }));
}

/** t1 > t2 > t4 > t3. */
export const publishedOrder = [4, 3, 1, 2];

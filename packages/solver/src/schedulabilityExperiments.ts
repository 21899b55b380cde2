import type { TaskSetSettings } from "./taskSetSettings.ts";

/** What is varied, over which values, and what that means for the sets drawn. */
export interface SchedulabilityExperiment {
  readonly axis: { readonly name: string; readonly unit: string };
  readonly points: readonly number[];
  readonly settingsAt: (x: number) => Partial<TaskSetSettings>;
}

/** The published experiments, by what they vary. Everything else stays as published. */
export const schedulabilityExperiments = {
  utilisation: {
    axis: { name: "utilisation per core", unit: "" },
    points: [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8],
    settingsAt: (x) => ({ utilisation: [x, x] }),
  },
  "best-effort": {
    axis: { name: "part of the tasks without deadlines", unit: "" },
    points: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8],
    settingsAt: (x) => ({ bestEffort: x }),
  },
  "gpu-ratio": {
    axis: { name: "time of segments over processor time (G/C)", unit: "" },
    points: [0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2],
    settingsAt: (x) => ({ gpuRatio: [x, x] }),
  },
  "gpu-tasks": {
    axis: { name: "part of the tasks that use the accelerator", unit: "" },
    points: [0, 0.2, 0.4, 0.6, 0.8, 1],
    settingsAt: (x) => ({ gpuTasks: [x, x] }),
  },
  tasks: {
    axis: { name: "tasks per core", unit: "" },
    points: [2, 3, 4, 5, 6, 7, 8],
    settingsAt: (x) => ({ tasksPerCore: [x, x] }),
  },
  cores: {
    axis: { name: "cores", unit: "" },
    points: [1, 2, 4, 6, 8],
    settingsAt: (x) => ({ cores: x }),
  },
  update: {
    axis: { name: "run list update", unit: "s" },
    points: [0, 0.5e-3, 1e-3, 1.5e-3, 2e-3],
    settingsAt: (x) => ({ updateSeconds: x }),
  },
} as const satisfies Record<string, SchedulabilityExperiment>;

export type ExperimentName = keyof typeof schedulabilityExperiments;

import { InputError, type Seconds } from "@partitune/schema";

/** Least and greatest value, both possible; drawn uniformly. */
export type Range = readonly [least: number, greatest: number];

/** How random task sets are drawn. */
export interface TaskSetSettings {
  readonly cores: number;
  /** Whole numbers. */
  readonly tasksPerCore: Range;
  /** Processor and accelerator time of the tasks drawn for a core, as part of all time. */
  readonly utilisation: Range;
  readonly periodSeconds: Range;
  /** Part of the tasks that use the accelerator. */
  readonly gpuTasks: Range;
  /** Whole numbers, of a task that uses the accelerator. */
  readonly segments: Range;
  /** G/C: segments, launches included, over the rest of a task's processor time. */
  readonly gpuRatio: Range;
  /** Gm/G: launches as part of segments. */
  readonly launchShare: Range;
  /** Part of the tasks that have no deadline. */
  readonly bestEffort: number;
  /** Tasks are spread over cores once more, or stay on the core that they were drawn for. */
  readonly placement: "worst-fit-decreasing" | "as-drawn";
  readonly sliceSeconds: Seconds;
  readonly switchSeconds: Seconds;
  readonly updateSeconds: Seconds;
}

/**
 * Settings of the published experiments. How periods are spread between their ends is not published; here uniformly.
 *
 * @see Wang, Liu, Wong, Kim, GCAPS (ECRTS 2024), evaluation
 */
export const publishedTaskSets: TaskSetSettings = {
  cores: 4,
  tasksPerCore: [3, 6],
  utilisation: [0.4, 0.6],
  periodSeconds: [0.03, 0.5],
  gpuTasks: [0.4, 0.6],
  segments: [1, 3],
  gpuRatio: [0.2, 2],
  launchShare: [0.1, 0.3],
  bestEffort: 0,
  placement: "worst-fit-decreasing",
  sliceSeconds: 1.024e-3,
  switchSeconds: 200e-6,
  updateSeconds: 1e-3,
};

/** What each setting must lie within. */
const limits = {
  tasksPerCore: { least: 1, greatest: 1000, whole: true },
  utilisation: { least: 1e-6, greatest: 100, whole: false },
  periodSeconds: { least: 1e-6, greatest: 1e6, whole: false },
  gpuTasks: { least: 0, greatest: 1, whole: false },
  segments: { least: 1, greatest: 1000, whole: true },
  gpuRatio: { least: 1e-3, greatest: 1000, whole: false },
  launchShare: { least: 0, greatest: 0.999, whole: false },
} as const;

/** @throws InputError when a setting is out of range or its ends are in the wrong order */
export function checkTaskSetSettings(settings: TaskSetSettings): void {
  const { cores, bestEffort } = settings;
  if (!(Number.isInteger(cores) && cores >= 1 && cores <= 1000))
    refuse("cores", "a whole number from 1 to 1000", cores);
  if (!(bestEffort >= 0 && bestEffort <= 1)) refuse("bestEffort", "from 0 to 1", bestEffort);
  for (const [name, { least, greatest, whole }] of Object.entries(limits)) {
    const [low, high] = settings[name as keyof typeof limits];
    const legal = low >= least && low <= high && high <= greatest;
    if (!legal || (whole && !(Number.isInteger(low) && Number.isInteger(high))))
      refuse(name, `a range of ${whole ? "whole " : ""}numbers within ${least} and ${greatest}`, `${low} to ${high}`);
  }
}

function refuse(setting: string, expected: string, got: number | string): never {
  throw new InputError({
    what: `setting "${setting}" of random task sets`,
    problem: `must be ${expected}, got ${got}`,
    advice: "leave it out for the published value",
  });
}

import type { Random } from "@partitune/numerics";
import type { RealTimeTask, TaskSet } from "@partitune/schema";
import { checkTaskSetSettings, publishedTaskSets, type Range, type TaskSetSettings } from "./taskSetSettings.ts";
import { uUniFast } from "./uUniFast.ts";
import { worstFitDecreasing } from "./worstFitDecreasing.ts";

interface DrawnTask {
  readonly drawnFor: number;
  readonly utilisation: number;
  readonly period: number;
}

/**
 * A random task set as in the published experiments: each core draws how many tasks it has, how busy it is, and how that is shared (UUniFast);
 * then all tasks are spread over the cores, the busiest first, each to the core with the least so far; the shorter a period, the more urgent.
 * All times are whole ns. The same settings and seed give the same set.
 *
 * @param settings  what differs from the published settings
 * @throws InputError when a setting is out of range
 * @see Wang, Liu, Wong, Kim, GCAPS (ECRTS 2024), evaluation
 * @example randomTaskSet({ utilisation: [0.5, 0.5] }, seededRandom("sets"))
 */
export function randomTaskSet(settings: Partial<TaskSetSettings>, random: Random): TaskSet {
  const all: TaskSetSettings = { ...publishedTaskSets, ...settings };
  checkTaskSetSettings(all);
  const drawn = drawTasks(all, random);
  const cores =
    all.placement === "as-drawn"
      ? drawn.map(({ drawnFor }) => drawnFor)
      : worstFitDecreasing(
          drawn.map(({ utilisation }) => utilisation),
          all.cores,
        );
  const users = chosen(drawn.length, within(all.gpuTasks, random), random);
  const patient = chosen(drawn.length, all.bestEffort, random);
  const ranks = ranksOf(drawn, patient);
  const tasks = drawn.map((task, index): RealTimeTask => {
    const work = Math.max(2, Math.round(task.utilisation * task.period));
    return {
      name: `task ${index + 1}`,
      core: cores[index]!,
      priority: ranks[index]!,
      gpuPriority: null,
      periodSeconds: task.period / 1e9,
      deadlineSeconds: task.period / 1e9,
      ...(users.has(index) ? drawParts(work, all, random) : { cpuSeconds: work / 1e9, segments: [] }),
      bestEffort: patient.has(index),
    };
  });
  const { sliceSeconds, switchSeconds, updateSeconds } = all;
  const accelerator = { sliceSeconds, switchSeconds, updateSeconds };
  return { kind: "task-set", version: 1, cores: all.cores, accelerator, tasks };
}

function drawTasks(settings: TaskSetSettings, random: Random): readonly DrawnTask[] {
  return Array.from({ length: settings.cores }, (_, drawnFor) => {
    const count = wholeWithin(settings.tasksPerCore, random);
    return uUniFast(count, within(settings.utilisation, random), random).map((utilisation) => ({
      drawnFor,
      utilisation,
      period: Math.round(within(settings.periodSeconds, random) * 1e9),
    }));
  }).flat();
}

/** Work as processor time and segments, ns in, s out. */
function drawParts(
  work: number,
  settings: TaskSetSettings,
  random: Random,
): Pick<RealTimeTask, "cpuSeconds" | "segments"> {
  const ratio = within(settings.gpuRatio, random);
  const onAccelerator = (work * ratio) / (1 + ratio);
  const lengths = uUniFast(wholeWithin(settings.segments, random), onAccelerator, random);
  return {
    cpuSeconds: Math.round(work - onAccelerator) / 1e9,
    segments: lengths.map((length) => {
      const launch = Math.round(within(settings.launchShare, random) * length);
      return { launchSeconds: launch / 1e9, executionSeconds: Math.max(1, Math.round(length - launch)) / 1e9 };
    }),
  };
}

/** Indices of a part of so many tasks, chosen at random. */
function chosen(count: number, share: number, random: Random): ReadonlySet<number> {
  const all = Array.from({ length: count }, (_, index) => index);
  return new Set(random.shuffle(all).slice(0, Math.round(share * count)));
}

/** Priorities by period, the greatest for the shortest; tasks without deadlines below all others. */
function ranksOf(tasks: readonly DrawnTask[], patient: ReadonlySet<number>): readonly number[] {
  const leastUrgentFirst = [...tasks.keys()].sort(
    (a, b) => Number(patient.has(b)) - Number(patient.has(a)) || tasks[b]!.period - tasks[a]!.period || b - a,
  );
  const ranks = new Array<number>(tasks.length);
  for (const [rank, index] of leastUrgentFirst.entries()) ranks[index] = rank + 1;
  return ranks;
}

function within([least, greatest]: Range, random: Random): number {
  return least + (greatest - least) * random.next();
}

function wholeWithin([least, greatest]: Range, random: Random): number {
  return least + random.integer(greatest - least + 1);
}

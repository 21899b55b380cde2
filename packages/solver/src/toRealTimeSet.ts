import { InputError, type RealTimeTask, type TaskSet } from "@partitune/schema";
import type { AnalysedTask, RealTimeSet } from "./realTimeSet.ts";
import { toNanoseconds } from "./toNanoseconds.ts";

/**
 * Checks a task set and turns it into whole ns, so that sums, products and ceilings of the analyses are exact.
 *
 * Why they are: windows up to a deadline, and jitters, stay below 2^53; of what lies beyond only that it does matters. For whole numbers x, T below 2^53 the double nearest to x/T has the same ceiling as x/T itself:
 * above a whole number k it lies by at least 1/T, which is more than half the spacing of doubles at k, as k·T < x < 2^53; rounding up to k
 * from below leaves the ceiling at k.
 *
 * @throws InputError when names or priorities repeat, a core does not exist, a deadline is beyond its period, a time is negative or beyond
 * 1,000,000 s, a task does nothing, or priorities on the accelerator would let two tasks of one core block each other for ever
 */
export function toRealTimeSet({ cores, accelerator, tasks }: TaskSet): RealTimeSet {
  checkNames(tasks);
  const analysed = tasks.map((task) => toAnalysed(task, cores));
  const withDeadlines = analysed
    .filter((_, index) => !tasks[index]!.bestEffort)
    .sort((a, b) => b.priority - a.priority);
  checkDistinct(withDeadlines, "priority", "priority on the processor");
  const onAccelerator = withDeadlines.filter(({ segments }) => segments.length > 0);
  checkDistinct(onAccelerator, "gpuPriority", "priority on the accelerator");
  checkInversions(onAccelerator);
  const slice = toNanoseconds(accelerator.sliceSeconds, "down", "time slice of the accelerator");
  if (slice === 0)
    throw new InputError({
      what: "time slice of the accelerator",
      problem: "is 0 s",
      advice: "give a positive time; drivers use about 0.001 s",
    });
  return {
    cores,
    slice,
    contextSwitch: toNanoseconds(accelerator.switchSeconds, "up", "context switch of the accelerator"),
    update: toNanoseconds(accelerator.updateSeconds, "up", "run list update of the accelerator"),
    tasks: withDeadlines,
    bestEffort: analysed.filter((_, index) => tasks[index]!.bestEffort),
    sameOrder: withDeadlines.every((task, i) => i === 0 || withDeadlines[i - 1]!.gpuPriority > task.gpuPriority),
  };
}

function toAnalysed(task: RealTimeTask, cores: number): AnalysedTask {
  const what = `task "${task.name}"`;
  const refuse = (problem: string, advice: string): never => {
    throw new InputError({ what, problem, advice });
  };
  if (task.core >= cores || task.core < 0 || !Number.isInteger(task.core))
    refuse(`is bound to core ${task.core} of ${cores}`, `cores are counted from 0 to ${cores - 1}`);
  const period = toNanoseconds(task.periodSeconds, "down", `period of ${what}`);
  const deadline = toNanoseconds(task.deadlineSeconds, "down", `deadline of ${what}`);
  if (deadline === 0) refuse("has a deadline below 1 ns", "give it in seconds");
  if (deadline > period)
    refuse(
      `has a deadline of ${task.deadlineSeconds} s beyond its period of ${task.periodSeconds} s`,
      "these analyses hold up to the period; shorten the deadline",
    );
  const cpu = toNanoseconds(task.cpuSeconds, "up", `processor time of ${what}`);
  const segments = task.segments.map(({ launchSeconds, executionSeconds }) => ({
    launch: toNanoseconds(launchSeconds, "up", `launch time of ${what}`),
    execution: toNanoseconds(executionSeconds, "up", `time on the accelerator of ${what}`),
  }));
  if (segments.some(({ execution }) => execution === 0))
    refuse("has a segment of 0 s on the accelerator", "leave the segment out");
  if (cpu === 0 && segments.length === 0)
    refuse("takes neither processor nor accelerator time", "give cpuSeconds or segments");
  return {
    name: task.name,
    core: task.core,
    priority: task.priority,
    gpuPriority: task.gpuPriority ?? task.priority,
    period,
    deadline,
    cpu,
    launch: segments.reduce((sum, { launch }) => sum + launch, 0),
    execution: segments.reduce((sum, { execution }) => sum + execution, 0),
    segments,
  };
}

function checkNames(tasks: readonly RealTimeTask[]): void {
  if (tasks.length === 0)
    throw new InputError({ what: "task set", problem: "has no tasks", advice: "give at least one" });
  const seen = new Set<string>();
  for (const { name } of tasks) {
    if (seen.has(name))
      throw new InputError({ what: `task "${name}"`, problem: "stands there twice", advice: "give each its own name" });
    seen.add(name);
  }
}

function checkDistinct(tasks: readonly AnalysedTask[], field: "priority" | "gpuPriority", words: string): void {
  const owners = new Map<number, string>();
  for (const task of tasks) {
    const other = owners.get(task[field]);
    if (other !== undefined)
      throw new InputError({
        what: `tasks "${other}" and "${task.name}"`,
        problem: `have the same ${words}, ${task[field]}`,
        advice: "the analyses need an order; make one of them greater",
      });
    owners.set(task[field], task.name);
  }
}

/** @param tasks  that use the accelerator, the most urgent on the processor first */
function checkInversions(tasks: readonly AnalysedTask[]): void {
  const lowest = new Map<number, AnalysedTask>();
  for (const task of tasks) {
    const above = lowest.get(task.core);
    if (above !== undefined && above.gpuPriority < task.gpuPriority)
      throw new InputError({
        what: `tasks "${above.name}" and "${task.name}"`,
        problem: `share core ${task.core}, and each is more urgent than the other once, so that they may block each other for ever`,
        advice: "order tasks of one core alike on processor and accelerator",
      });
    lowest.set(task.core, task);
  }
}

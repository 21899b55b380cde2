import type { Made, ResponseTimes, TaskSet } from "@partitune/schema";
import type { AnalysedTask, RealTimeSet } from "./realTimeSet.ts";
import type { Analysis, AnalysisResult, TaskResponse } from "./schedulability/analysis.ts";
import { type AnalysisName, analyses } from "./schedulability/index.ts";
import { toRealTimeSet } from "./toRealTimeSet.ts";

/**
 * Worst-case response times of a task set under one analysis.
 *
 * Tasks come back in the order in which they were given. A task set that asks for more than there is gets no bounds and the reason why.
 *
 * @throws InputError when the set is contradictory (see toRealTimeSet) or not of the kind that the analysis covers
 * @example analyseTaskSet(set, "gcaps-suspend", made).schedulable
 */
export function analyseTaskSet(taskSet: TaskSet, name: AnalysisName, made: Made): ResponseTimes {
  const set = toRealTimeSet(taskSet);
  const analysis: Analysis = analyses[name];
  const result = analysis.analyse(set);
  const byName = new Map(set.tasks.map((task, index) => [task.name, { task, index }]));
  return {
    kind: "response-times",
    version: 1,
    made,
    analysis: name,
    proof: analysis.proof,
    schedulable: isSchedulable(result),
    tasks: taskSet.tasks.map(({ name: task, deadlineSeconds }) => {
      const found = byName.get(task);
      if (found === undefined) return { ...bestEffort, task, deadlineSeconds };
      return { task, deadlineSeconds, ...toRow(found.task, result, found.index) };
    }),
    why: explainResponses(set, result),
  };
}

/** Whether every task with a deadline meets it. */
export function isSchedulable({ responses }: Pick<AnalysisResult, "responses">): boolean {
  return responses.every(({ bound }) => bound !== null);
}

const bestEffort = { boundSeconds: null, reachedSeconds: 0, verdict: "best-effort", gpuPriority: null } as const;

function toRow({ segments }: AnalysedTask, { responses, gpuPriorities }: AnalysisResult, index: number) {
  const response = responses[index]!;
  return {
    boundSeconds: response.bound === null ? null : response.bound / 1e9,
    reachedSeconds: response.reached / 1e9,
    verdict: verdictOf(response),
    gpuPriority: segments.length === 0 ? null : gpuPriorities[index]!,
  };
}

function verdictOf({ bound, known }: TaskResponse): "meets" | "misses" | "unknown" {
  if (bound !== null) return "meets";
  return known ? "misses" : "unknown";
}

function explainResponses(set: RealTimeSet, { responses, notes }: AnalysisResult): string {
  const misses = set.tasks.flatMap(({ name, deadline }, index) => {
    const { bound, reached, known } = responses[index]!;
    if (bound !== null) return [];
    return known
      ? [`"${name}" may take ${inMilliseconds(reached)} of the ${inMilliseconds(deadline)} it has`]
      : [`nothing can be said of "${name}", since a task that holds it up has no bound`];
  });
  const fine = set.tasks.length === 0 ? "no task has a deadline" : "every task meets its deadline";
  return [...(misses.length === 0 ? [fine] : [...misses, ...overloads(set)]), ...notes].join("; ");
}

function inMilliseconds(nanoseconds: number): string {
  return `${Number((nanoseconds / 1e6).toPrecision(6))} ms`;
}

/** Cores, and the accelerator, that are asked for more than all of their time. */
function overloads({ tasks, cores }: RealTimeSet): readonly string[] {
  const shares = Array.from({ length: cores }, (_, core) => ({
    what: `core ${core}`,
    share: sum(tasks.map((task) => (task.core === core ? (task.cpu + task.launch) / task.period : 0))),
  }));
  const accelerator = sum(tasks.map(({ execution, period }) => execution / period));
  return [...shares, { what: "the accelerator", share: accelerator }]
    .filter(({ share }) => share > 1)
    .map(({ what, share }) => `${what} is asked for ${(100 * share).toFixed(1)} % of its time`);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

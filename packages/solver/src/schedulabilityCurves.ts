import { binomialInterval, hashSeed, seededRandom } from "@partitune/numerics";
import { InputError, type Made, type Schedulability, type TaskSet } from "@partitune/schema";
import { isSchedulable } from "./analyseTaskSet.ts";
import { randomTaskSet } from "./randomTaskSet.ts";
import type { Analysis } from "./schedulability/analysis.ts";
import { type AnalysisName, analyses } from "./schedulability/index.ts";
import {
  type ExperimentName,
  type SchedulabilityExperiment,
  schedulabilityExperiments,
} from "./schedulabilityExperiments.ts";
import { publishedTaskSets, type TaskSetSettings } from "./taskSetSettings.ts";
import { toRealTimeSet } from "./toRealTimeSet.ts";

export interface SchedulabilityRequest {
  readonly experiment: ExperimentName;
  /** By default all that cover tasks with processor work on shared cores. */
  readonly analyses?: readonly AnalysisName[];
  /** By default 1000, as published. */
  readonly setsPerPoint?: number;
  readonly seed: string | number;
  /** What differs from the published settings; the experiment's own setting wins. */
  readonly settings?: Partial<TaskSetSettings>;
  readonly made: Made;
  /** Is told after every point how many of all are done. */
  readonly onPoint?: (done: number, all: number) => void;
}

/** Analyses of tasks with processor work on shared cores. */
export const curveAnalyses: readonly AnalysisName[] = [
  "gcaps-suspend",
  "gcaps-busy",
  "gcaps-suspend-gpu-priorities",
  "gcaps-busy-gpu-priorities",
  "round-robin-suspend",
  "round-robin-busy",
];

/**
 * The published experiment: which part of random task sets each analysis accepts, with 95 % intervals. All analyses judge the same sets, and sets
 * of different points come from the same random numbers, so that differences between curves and along them are surer than the intervals say.
 *
 * @throws InputError when an analysis does not cover such task sets, or a setting or number is out of range
 * @example schedulabilityCurves({ experiment: "utilisation", setsPerPoint: 100, seed: 1, made })
 */
export function schedulabilityCurves(request: SchedulabilityRequest): Schedulability {
  const { experiment: name, seed, settings = {}, setsPerPoint = 1000, made, onPoint } = request;
  const judges = request.analyses ?? curveAnalyses;
  checkRequest(judges, setsPerPoint);
  const experiment: SchedulabilityExperiment = schedulabilityExperiments[name];
  const accepted = experiment.points.map((x, done) => {
    const counts = countAccepted(judges, setsPerPoint, (number) =>
      randomTaskSet({ ...settings, ...experiment.settingsAt(x) }, seededRandom(hashSeed(seed, number))),
    );
    onPoint?.(done + 1, experiment.points.length);
    return counts;
  });
  return {
    kind: "schedulability",
    version: 1,
    made,
    axis: experiment.axis,
    setsPerPoint,
    generator: describeSettings({ ...publishedTaskSets, ...settings }),
    curves: judges.map((analysis, j) => ({
      analysis,
      points: experiment.points.map((x, p) => ({
        x,
        accepted: accepted[p]![j]! / setsPerPoint,
        ...binomialInterval(accepted[p]![j]!, setsPerPoint),
      })),
    })),
  };
}

function checkRequest(judges: readonly AnalysisName[], setsPerPoint: number): void {
  const unfit = judges.find((judge) => !curveAnalyses.includes(judge));
  if (unfit !== undefined)
    throw new InputError({
      what: `analysis "${unfit}"`,
      problem: "does not cover tasks with processor work on shared cores",
      advice: `choose among ${curveAnalyses.join(", ")}`,
    });
  if (!(Number.isInteger(setsPerPoint) && setsPerPoint >= 1))
    throw new InputError({
      what: "number of task sets per point",
      problem: `must be a whole number from 1, got ${setsPerPoint}`,
      advice: "the published experiment takes 1000",
    });
}

function countAccepted(
  judges: readonly AnalysisName[],
  setsPerPoint: number,
  draw: (number: number) => TaskSet,
): readonly number[] {
  const counts = new Array<number>(judges.length).fill(0);
  for (let number = 0; number < setsPerPoint; number++) {
    const set = toRealTimeSet(draw(number));
    for (const [j, judge] of judges.entries()) {
      const analysis: Analysis = analyses[judge];
      if (isSchedulable(analysis.analyse(set))) counts[j]!++;
    }
  }
  return counts;
}

function describeSettings(settings: TaskSetSettings): Schedulability["generator"] {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, Array.isArray(value) ? value.join(" to ") : value]),
  );
}

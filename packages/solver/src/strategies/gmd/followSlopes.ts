import { squaredDistance } from "../squaredDistance.ts";
import type { MeasuredMode, TrainingView } from "../trainingView.ts";
import type { CostCoordinates } from "./costCoordinates.ts";
import { fitSlopes } from "./slopes.ts";

/** Squared distance at which a measurement counts 1/e in the slopes; features run from 0 to 1. */
const reach = 0.5;
/** Among steps of equal gain the nearer one, whose prediction is surer: 5 % of time per unit of distance. */
const distancePrice = 0.05;

/** What the slopes promise for a candidate. */
interface Step {
  readonly index: number;
  readonly logTime: number;
  /** Relative to the budget. */
  readonly power: number;
  readonly distance: number;
}

/**
 * The next mode by the slopes of ln t and p at the best mode so far (or the one of least power): the fastest predicted within the budget;
 * without a feasible mode, the one of least predicted power; when none promises a gain, the one that misses by least.
 */
export function followSlopes(
  view: TrainingView,
  time: CostCoordinates,
  power: CostCoordinates,
): { readonly index: number; readonly reason: string } {
  const { best, budgetWatts } = view;
  const anchor = best ?? view.leastPower!;
  const logTimeToBeat = best === null ? Number.POSITIVE_INFINITY : Math.log(best.timeSeconds);
  const predictLogTime = predictAround(anchor, view, time, ({ timeSeconds }) => Math.log(timeSeconds));
  const predictPower = predictAround(anchor, view, power, ({ powerWatts }) => powerWatts / budgetWatts);
  const steps = view.candidates.map((index): Step => {
    const distance = Math.sqrt(squaredDistance(time.points[index]!, time.points[anchor.index]!));
    return { index, logTime: predictLogTime(index), power: predictPower(index), distance };
  });
  const gains = steps.filter((step) => step.power <= 1 && step.logTime < logTimeToBeat);
  if (gains.length > 0) {
    const { index } = leastBy(gains, (step) => step.logTime + distancePrice * step.distance);
    return { index, reason: "fastest within the budget by the slopes" };
  }
  if (best === null) return { index: leastBy(steps, (step) => step.power).index, reason: "least power by the slopes" };
  const missOf = (step: Step) => Math.max(0, step.power - 1) + Math.max(0, step.logTime - logTimeToBeat);
  return { index: leastBy(steps, missOf).index, reason: "back to the nearest miss" };
}

/** The linear model of a cost around an anchor, fitted to all measurements, near ones first. */
function predictAround(
  anchor: MeasuredMode,
  view: TrainingView,
  { features, nonNegative }: CostCoordinates,
  costOf: (observation: MeasuredMode) => number,
): (index: number) => number {
  const origin = features[anchor.index]!;
  const from = (index: number) => features[index]!.map((value, k) => value - origin[k]!);
  const base = costOf(anchor);
  const slopes = fitSlopes({
    features: view.observations.map(({ index }) => from(index)),
    changes: view.observations.map((observation) => costOf(observation) - base),
    weights: view.observations.map(({ index }) =>
      Math.exp(-squaredDistance(features[index]!, features[anchor.index]!) / reach),
    ),
    nonNegative,
  });
  return (index) => from(index).reduce((sum, value, k) => sum + value * slopes[k]!, base);
}

function leastBy(steps: readonly Step[], costOf: (step: Step) => number): Step {
  return steps.reduce((least, step) => (costOf(step) < costOf(least) ? step : least));
}

import { normalCumulative } from "@partitune/numerics";
import type { Watts } from "@partitune/schema";
import type { MeasuredMode } from "../trainingView.ts";
import { expectedImprovement } from "./expectedImprovement.ts";
import type { Forecast } from "./forecaster.ts";

/** Relative noise of a new measurement, mode by mode, beyond what varies smoothly. */
const timeNoise = 0.012;
const powerNoise = 0.01;

/**
 * The candidate with the largest expected gain in ln t over the best mode so far, times the probability that it keeps the budget; as
 * long as no mode does, the one that most probably will.
 *
 * @param candidates  at least one row
 * @see J. R. Gardner et al., Bayesian optimization with inequality constraints, ICML 2014
 */
export function acquisition(
  candidates: Iterable<number>,
  forecast: (index: number) => Forecast,
  budgetWatts: Watts,
  best: MeasuredMode | null,
): { readonly index: number; readonly reason: string } {
  const logBudget = Math.log(budgetWatts);
  let chosen = { index: -1, score: Number.NEGATIVE_INFINITY, gain: 0, probability: 0 };
  for (const index of candidates) {
    const { logTime, logPower } = forecast(index);
    const probability = normalCumulative((logBudget - logPower.mean) / Math.sqrt(logPower.variance + powerNoise ** 2));
    const gain =
      best === null
        ? 1
        : expectedImprovement(Math.log(best.timeSeconds) - logTime.mean, Math.sqrt(logTime.variance + timeNoise ** 2));
    const score = gain * probability;
    if (score > chosen.score) chosen = { index, score, gain, probability };
  }
  const odds = `${Math.round(100 * chosen.probability)} % likely within the budget`;
  if (best === null) return { index: chosen.index, reason: odds };
  return { index: chosen.index, reason: `expected gain ${(100 * chosen.gain).toPrecision(2)} %, ${odds}` };
}

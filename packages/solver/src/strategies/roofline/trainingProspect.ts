import { expectedImprovement, normalCumulative } from "@partitune/numerics";
import type { ModeProblem } from "@partitune/schema";
import type { Ledger } from "../ledger.ts";
import type { Forecast } from "./forecaster.ts";
import type { Gaussian } from "./mixture.ts";
import type { Outlook } from "./outlook.ts";
import type { Prospect } from "./prospect.ts";

type TrainingProblem = Extract<ModeProblem, { readonly kind: "training" }>;

/** ln of what is minimised, as a sum of ln t and ln p. */
const objectives = {
  time: ({ logTime }) => logTime,
  power: ({ logPower }) => logPower,
  energy: ({ logTime, logPower }) => ({
    mean: logTime.mean + logPower.mean,
    variance: logTime.variance + logPower.variance,
  }),
} as const satisfies Record<TrainingProblem["objective"], (forecast: Forecast) => Gaussian>;

/**
 * What is hoped of each mode of a training: the expected gain in the logarithm of time, energy or power, and the probability that the mode
 * keeps its limits. Closed formulas, as one run decides.
 *
 * @see J. R. Gardner et al., Bayesian optimization with inequality constraints, ICML 2014
 */
export function trainingProspect(
  { objective, budgetWatts, minibatchSeconds }: TrainingProblem,
  ledger: Ledger,
  outlook: Outlook,
): (candidate: number) => Prospect {
  const best = ledger.best();
  const logBest = best === null ? null : Math.log(best.judgement.value);
  return (mode) => {
    const forecast = outlook.training(mode);
    const probability = below(forecast.logPower, budgetWatts) * below(forecast.logTime, minibatchSeconds);
    if (logBest === null) return { gain: probability, probability };
    const { mean, variance } = objectives[objective](forecast);
    return { gain: expectedImprovement(logBest - mean, Math.sqrt(variance)) * probability, probability };
  };
}

function below({ mean, variance }: Gaussian, limit: number | undefined): number {
  return limit === undefined ? 1 : normalCumulative((Math.log(limit) - mean) / Math.sqrt(variance));
}

import { expectedImprovement, normalCumulative } from "@partitune/numerics";
import type { Fraction, Watts } from "@partitune/schema";
import type { JudgedCandidate, Ledger } from "../ledger.ts";
import type { Forecast } from "../roofline/forecaster.ts";
import type { Outlook } from "../roofline/outlook.ts";
import { roundBudgets } from "./roundBudgets.ts";

/** Budgets go on beyond the largest power: all of those are served by the fastest mode, which so is worth finding. */
const headroom = 1.25;
/** A mode less likely than this to keep a budget gains nothing there. */
const smallestProbability = 1e-3;

/**
 * What measuring a mode is expected to gain for problems yet unknown: over power budgets, minibatches, and ways to weigh the times of
 * workloads that share the mode, the mean expected gain in the weighted logarithm of time over what was measured within the budget.
 *
 * Any latency and rate prefers, among modes within the budget, some trade-off of the workloads' times; the weights stand for those.
 * Budgets are taken to be round numbers, as people and data sheets give them: a mode just within one is worth more than one just above.
 *
 * @param margin  part of each budget that is left free when choosing
 * @returns a function from a mode of which nothing was measured
 */
export function frontGain(ledger: Ledger, outlook: Outlook, margin: Fraction): (mode: number) => number {
  const { judged, combinations, jobs, table } = ledger;
  const powers = judged.map(peakOf);
  const budgets = roundBudgets(Math.min(...powers), headroom * Math.max(...powers)).map(
    (budget) => (1 - margin) * budget,
  );
  const logBudgets = budgets.map(Math.log);
  const positions = combinations.map((batches) => batches.map((batch, s) => jobs.served[s]!.batches.indexOf(batch)));
  const weightings = weightingsOf(jobs.served.length + (table.trainingSlot === null ? 0 : 1));
  const leads = combinations.map((_, combination) => {
    const measured = judged.filter((candidate) => candidate.combination === combination);
    return weightings.map((weights) => leastPerBudget(measured, weights, budgets));
  });
  const cells = combinations.length * weightings.length * budgets.length;
  return (mode) => {
    let sum = 0;
    for (const [combination, position] of positions.entries()) {
      const runs = position.map((batch, s) => outlook.served(s, mode, batch));
      if (table.trainingSlot !== null) runs.unshift(outlook.training(mode));
      const keeps = logBudgets.map((logBudget) => probabilityWithin(runs, logBudget));
      for (const [w, weights] of weightings.entries()) {
        const { mean, deviation } = weighted(runs, weights);
        for (const [k, least] of leads[combination]![w]!.entries()) {
          if (keeps[k]! < smallestProbability || least === Number.POSITIVE_INFINITY) continue;
          sum += keeps[k]! * expectedImprovement(least - mean, deviation);
        }
      }
    }
    return sum / cells;
  };
}

/** Ways to weigh the logarithms of some times: each counts, one of them may count more. */
function weightingsOf(count: number): readonly (readonly number[])[] {
  if (count === 1) return [[1]];
  const even = Array.from({ length: count }, () => 1 / count);
  return [even, ...even.map((_, heavy) => even.map((_, i) => (i === heavy ? 1 + 1 / count : 1 / count) / 2))];
}

function peakOf({ costs }: JudgedCandidate): Watts {
  return Math.max(costs.training?.powerWatts ?? 0, ...costs.served.map(({ powerWatts }) => powerWatts));
}

/** The least weighted logarithm of time measured within each budget; infinite where nothing was. */
function leastPerBudget(
  measured: readonly JudgedCandidate[],
  weights: readonly number[],
  budgets: readonly Watts[],
): readonly number[] {
  const points = measured.map((candidate) => {
    const { training, served } = candidate.costs;
    const times = [...(training === undefined ? [] : [training]), ...served].map(({ timeSeconds }) => timeSeconds);
    return {
      power: peakOf(candidate),
      logTime: times.reduce((sum, time, i) => sum + weights[i]! * Math.log(time), 0),
    };
  });
  return budgets.map((budget) =>
    Math.min(...points.map(({ power, logTime }) => (power <= budget ? logTime : Number.POSITIVE_INFINITY))),
  );
}

function probabilityWithin(runs: readonly Forecast[], logBudget: number): number {
  let probability = 1;
  for (const { logPower } of runs) {
    probability *= normalCumulative((logBudget - logPower.mean) / Math.sqrt(logPower.variance));
  }
  return probability;
}

function weighted(runs: readonly Forecast[], weights: readonly number[]): { mean: number; deviation: number } {
  let [mean, variance] = [0, 0];
  for (const [i, { logTime }] of runs.entries()) {
    mean += weights[i]! * logTime.mean;
    variance += weights[i]! ** 2 * logTime.variance;
  }
  return { mean, deviation: Math.sqrt(variance) };
}

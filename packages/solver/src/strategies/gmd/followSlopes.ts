import { excessSum } from "../../problems/judgeOf.ts";
import type { CandidateProposal } from "../defineStrategy.ts";
import { geometryOf } from "../gridGeometry.ts";
import type { JudgedCandidate, Ledger } from "../ledger.ts";
import { squaredDistance } from "../squaredDistance.ts";
import type { StrategyInput } from "../strategy.ts";
import { openOutlook } from "./outlook.ts";
import { prospectsOf } from "./prospects.ts";

/** Among steps of equal gain the nearer one, whose prediction is surer: 5 % of the value per unit of distance. */
const distancePrice = 0.05;
/** A step predicted to break the limits by 1 % must promise 8 % more than one that keeps them. */
const missPrice = 8;
/** What is predicted to break the limits by more is a miss, not a step. */
const largestMiss = 0.2;
/** With another minibatch of a measured mode predictions err little. */
const largestMissMeasured = 0.01;
/** When no mode is left to measure, it costs little to try what is predicted to miss by more. */
const largestMissLast = 0.15;
/** Smaller gains are not worth another minibatch in a measured mode: noise would hide them. */
const smallestGain = 0.002;

/**
 * Times are taken a little short when steps are chosen, so that a whole minibatch more in a window, or a promise, that predictions miss by
 * their own error is still tried.
 */
const pace = 0.97;
const measuredPace = 0.985;

/** A candidate, and the price by which it was chosen. */
interface Step {
  readonly mode: number;
  readonly combination: number;
  readonly price: number;
}

/** Which steps count. */
interface StepRule {
  readonly modes: readonly number[];
  /** Logarithm that a step's must stay below. */
  readonly below: number;
  readonly largestMiss: number;
  /** Added to the logarithm, by mode. */
  readonly surcharge: (mode: number) => number;
}

/**
 * Prepares steps by slopes. Each takes the slopes of time and power of every run at the best candidate so far (or the one that breaks the
 * limits least) and proposes the best candidate predicted to hold, first among the modes measured already; when none promises a gain, the
 * one that misses by least.
 */
export function slopeFollower({ grid, probes }: StrategyInput, ledger: Ledger): () => CandidateProposal | null {
  const { combinations, hope } = ledger;
  const count = combinations.length;
  const outlook = openOutlook(grid, ledger);
  const prospects = prospectsOf(ledger);
  const { points } = geometryOf(grid);

  const boundAt = (mode: number, combination: number) =>
    prospects.bound(
      combination,
      outlook.trainingSeconds(mode),
      outlook.servedSeconds(0, mode, combination),
      outlook.servedSeconds(1, mode, combination),
    );
  /** The least of logarithm, surcharge and price of what is missed. */
  const bestStep = ({ modes, below, largestMiss, surcharge }: StepRule): Step | null => {
    let best: Step | null = null;
    for (const mode of modes) {
      const trainingMiss = outlook.trainingMiss(mode);
      if (trainingMiss > largestMiss) continue;
      const extra = surcharge(mode);
      let highest = Math.exp(Math.min(below, (best?.price ?? Number.POSITIVE_INFINITY) - extra));
      for (let combination = 0; combination < count; combination++) {
        if (hope[mode * count + combination] === 0 || !ledger.mayHold(mode * count + combination)) continue;
        const bound = boundAt(mode, combination);
        if (bound >= highest || outlook.plainMiss(mode, combination, trainingMiss) > largestMiss) continue;
        const judgement = outlook.judge(mode, combination, ledger.modesMeasured.has(mode) ? measuredPace : pace);
        const miss = excessSum(judgement);
        if (miss > largestMiss) continue;
        const log = Math.log(prospects.cost(judgement, bound)) + missPrice * miss;
        if (log >= below || (best !== null && log + extra >= best.price)) continue;
        best = { mode, combination, price: log + extra };
        highest = Math.exp(Math.min(below, log));
      }
    }
    return best;
  };
  /** The candidate that misses the limits, and the value to beat, by least. */
  const nearestMiss = (modes: readonly number[], logToBeat: number): Step | null => {
    let best: Step | null = null;
    const toBeat = Math.exp(logToBeat);
    for (const mode of modes) {
      const trainingMiss = outlook.trainingMiss(mode);
      if (best !== null && trainingMiss >= best.price) continue;
      for (let combination = 0; combination < count; combination++) {
        if (hope[mode * count + combination] === 0 || !ledger.mayHold(mode * count + combination)) continue;
        const bound = boundAt(mode, combination);
        const short = bound > toBeat ? 1 - toBeat / bound : 0; // no more than the logarithm of their ratio
        if (best !== null && short >= best.price) continue;
        if (best !== null && short + outlook.plainMiss(mode, combination, trainingMiss) >= best.price) continue;
        const judgement = outlook.judge(mode, combination, ledger.modesMeasured.has(mode) ? measuredPace : pace);
        const price = excessSum(judgement) + Math.max(0, Math.log(prospects.cost(judgement, bound)) - logToBeat);
        if (best === null || price < best.price) best = { mode, combination, price };
      }
    }
    return best;
  };
  const logOf = ({ combination, judgement, costs: { training, served } }: JudgedCandidate) => {
    const [first, second] = served;
    const bound = prospects.bound(
      combination,
      training?.timeSeconds ?? 0,
      first?.timeSeconds ?? 0,
      second?.timeSeconds ?? 0,
    );
    return Math.log(prospects.cost(judgement, bound));
  };
  return () => {
    const best = ledger.best();
    const center = best ?? ledger.nearest();
    if (center === null) return null;
    const open = ledger.openModes();
    outlook.moveTo(center);
    const measuredModes = open.filter((mode) => ledger.modesMeasured.has(mode));
    outlook.lookAt(measuredModes);
    const logToBeat = best === null ? Number.POSITIVE_INFINITY : logOf(best);
    const measured = bestStep({
      modes: measuredModes,
      below: logToBeat - smallestGain,
      largestMiss: ledger.modesMeasured.size < probes ? largestMissMeasured : largestMissLast,
      surcharge: () => 0,
    });
    if (measured !== null) return { ...measured, reason: "another minibatch in a measured mode" };
    if (ledger.modesMeasured.size >= probes) return null;
    outlook.lookAt(open);
    const origin = points[center.mode]!;
    const step = bestStep({
      modes: open,
      below: logToBeat,
      largestMiss: best === null ? 0 : largestMiss,
      surcharge: (mode) => distancePrice * Math.sqrt(squaredDistance(points[mode]!, origin)),
    });
    if (step !== null) return { ...step, reason: "best within the limits by the slopes" };
    const miss = nearestMiss(open, logToBeat);
    return (
      miss && { ...miss, reason: best === null ? "nearest to the limits by the slopes" : "back to the nearest miss" }
    );
  };
}

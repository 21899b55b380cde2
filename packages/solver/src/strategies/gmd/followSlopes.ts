import type { CandidateProposal } from "../defineStrategy.ts";
import { geometryOf } from "../gridGeometry.ts";
import type { JudgedCandidate, Ledger } from "../ledger.ts";
import type { StrategyInput } from "../strategy.ts";
import { costOf } from "./costOf.ts";
import { openOutlook } from "./outlook.ts";
import { type Scanned, scan } from "./scan.ts";
import { boundOf, termsOf } from "./terms.ts";

/** Among steps of equal gain the nearer one, whose prediction is surer: 5 % of the value per unit of distance. */
const distancePrice = 0.05;
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
 * their own error is still tried. For that alone: to be a gain, a cost must be as much lower.
 */
const pace = 0.97;
const measuredPace = 0.985;

/**
 * Prepares steps by slopes. Each takes the slopes of time and power of every run at the best candidate so far (or the one that breaks the
 * limits least) and proposes the best candidate predicted to hold, first among the modes measured already; when none promises a gain, the
 * one that misses by least.
 */
export function slopeFollower({ grid, probes }: StrategyInput, ledger: Ledger): () => CandidateProposal | null {
  const outlook = openOutlook(grid, ledger);
  const { distancesFrom } = geometryOf(grid);
  const isMeasured = (mode: number) => ledger.modesMeasured.has(mode);
  const paceOf = (mode: number) => (isMeasured(mode) ? measuredPace : pace);
  const scanned = { ledger, outlook, terms: termsOf(ledger), cost: costOf(ledger), paceOf };
  return () => {
    const best = ledger.best();
    const center = best ?? ledger.nearest();
    if (center === null) return null;
    const open = ledger.openModes();
    outlook.moveTo(center);
    const toBeat = best === null ? Number.POSITIVE_INFINITY : measuredCost(best, scanned);
    const hasProbes = ledger.modesMeasured.size < probes;
    const rule = { kind: "step", toBeat, surcharges: distancesFrom(center.mode), surchargeWeight: 0 } as const;
    const measured = scan(
      open.filter(isMeasured),
      {
        ...rule,
        toBeat: toBeat * measuredPace * (1 - smallestGain),
        largestMiss: hasProbes ? largestMissMeasured : largestMissLast,
      },
      scanned,
    );
    if (measured !== null) return { ...measured, reason: "another minibatch in a measured mode" };
    if (!hasProbes) return null;
    const step = scan(
      open,
      { ...rule, toBeat: toBeat * pace, largestMiss: best === null ? 0 : largestMiss, surchargeWeight: distancePrice },
      scanned,
    );
    if (step !== null) return { ...step, reason: "best within the limits by the slopes" };
    const miss = scan(open, { ...rule, kind: "miss", largestMiss: Number.POSITIVE_INFINITY }, scanned);
    return (
      miss && { ...miss, reason: best === null ? "nearest to the limits by the slopes" : "back to the nearest miss" }
    );
  };
}

function measuredCost(
  { combination, judgement, costs: { training, served } }: JudgedCandidate,
  { terms, cost }: Scanned,
): number {
  const numbers = {
    training: training?.timeSeconds ?? 0,
    first: served[0]?.timeSeconds ?? 0,
    second: served[1]?.timeSeconds ?? 0,
    powerExcess: judgement.excess.power,
  };
  return cost(judgement, boundOf(terms, combination, numbers));
}

import { centreOf } from "./centreOf.ts";
import { type CandidateProposal, defineStrategy } from "./defineStrategy.ts";
import { firstBatches } from "./gmd/firstBatches.ts";
import { slopeFollower } from "./gmd/followSlopes.ts";
import { type StarPoint, starPoints } from "./gmd/starPoints.ts";
import type { Ledger } from "./ledger.ts";
import { nearestMode } from "./nearestMode.ts";
import { peakBudgetOf } from "./pruning.ts";

/**
 * Gradient descent over several dimensions: slopes of time and power from a star of measurements, steps along them, pruning by
 * monotonicity, and back to what is left when a step fails. Needs no physics, so it fits every grid, batch sizes and caps included.
 *
 * Named after the strategy of Fulcrum (arXiv 2509.20205), of which only the abstract's outline is followed.
 */
export const gmd = defineStrategy({
  name: "gmd",
  pruning: "breaking-and-worse",
  start: (input, ledger) => {
    const { grid } = input;
    const nearest = nearestMode(grid);
    const followSlopes = slopeFollower(input, ledger);
    const [start, ...neighbours] = firstBatches(ledger);
    const count = ledger.combinations.length;
    /** The mode nearest to a point that is open, with the first choice of minibatches if possible. */
    const locate = ({ mode, reason }: StarPoint): CandidateProposal => {
      const open = ledger.openModes();
      const preferred = open.filter((row) => ledger.mayHold(row * count + start!));
      if (preferred.length > 0) return { mode: nearest(mode, preferred), combination: start!, reason };
      const found = nearest(mode, open);
      const combination = ledger.combinations.findIndex((_, c) => ledger.mayHold(found * count + c));
      return { mode: found, combination, reason };
    };
    const centre = { mode: centreOf(grid), reason: "the centre" };
    /** What is known beforehand may show the slopes already. */
    const isKnown = ledger.judged.length > grid.dimensions.length;
    let first: number | null = null;
    let star: readonly StarPoint[] | null = null;
    let next = 0;
    return () => {
      if (isKnown) return followSlopes();
      if (ledger.modesMeasured.size === 0) return locate(centre);
      first ??= [...ledger.modesMeasured][0]!;
      for (const combination of neighbours.splice(0, 1)) {
        if (!ledger.isOpen(first * count + combination)) continue;
        return { mode: first, combination, reason: "the slope along the minibatch" };
      }
      star ??= starPoints(grid, grid.modes[first]!, hasPowerLeft(ledger, first));
      if (next < star.length) return locate(star[next++]!);
      return ledger.judged.length > 0 ? followSlopes() : locate(centre);
    };
  },
});

/** Whether the first mode measured leaves power, so that the budget lies above it; without a peak budget, whether it breaks nothing by power. */
function hasPowerLeft({ table, problem, nearest }: Ledger, mode: number): boolean {
  const peakWatts = peakBudgetOf(problem);
  if (peakWatts === undefined) return (nearest()?.judgement.excess.power ?? 0) <= 0;
  return table.watts.every((column) => !(column[mode]! > peakWatts));
}

import { InputError } from "@partitune/schema";
import { centreOf } from "./centreOf.ts";
import { type CandidateProposal, defineStrategy } from "./defineStrategy.ts";
import { logScale } from "./logScale.ts";
import { nearestMode } from "./nearestMode.ts";
import { acquisition } from "./roofline/acquisition.ts";
import { toClockModes } from "./roofline/clockMode.ts";
import { correlationsWith } from "./roofline/correlationsWith.ts";
import { forecaster } from "./roofline/forecaster.ts";
import { trainingView } from "./trainingView.ts";

/**
 * Search guided by physics: how time and power follow clocks and cores is known but for a few constants. The centre of the grid is
 * measured first; then, again and again, the mode of the largest expected gain that keeps the budget, by laws fitted to all measurements
 * and their uncertainty.
 *
 * For grids of clocks and cores, of which it needs the quantities; one search is deterministic. A question costs a few milliseconds on
 * 441 modes, and grows with their number.
 */
export const roofline = defineStrategy({
  name: "roofline",
  pruning: "breaking",
  start: ({ grid, problem }, ledger) => {
    if (problem.kind !== "training") {
      const advice = 'use "gmd" for problems of other kinds';
      throw new InputError({ what: '"roofline"', problem: `does not search problems "${problem.kind}"`, advice });
    }
    const modes = toClockModes(grid);
    const nearest = nearestMode(grid);
    const centre = centreOf(grid);
    const correlate = correlationsWith(grid.modes.map(logScale(grid)));
    const correlations: Float64Array[] = [];
    return (): CandidateProposal => {
      const { observations, candidates, budgetWatts, best } = trainingView(ledger);
      if (observations.length === 0) {
        return { mode: nearest(centre, candidates), combination: 0, reason: "the centre" };
      }
      for (const { index } of observations.slice(correlations.length)) correlations.push(correlate(index));
      const forecast = forecaster({ modes, observations, correlations });
      const { index, reason } = acquisition(candidates, forecast, budgetWatts, best);
      return { mode: index, combination: 0, reason };
    };
  },
});

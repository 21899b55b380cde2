import { centreOf } from "./centreOf.ts";
import { defineStrategy } from "./defineStrategy.ts";
import { logScale } from "./logScale.ts";
import { nearestMode } from "./nearestMode.ts";
import { acquisition } from "./roofline/acquisition.ts";
import { toClockModes } from "./roofline/clockMode.ts";
import { correlationsWith } from "./roofline/correlationsWith.ts";
import { forecaster } from "./roofline/forecaster.ts";
import type { Proposal } from "./strategy.ts";

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
  pruning: "hungrier",
  start: ({ grid, budgetWatts }, ledger) => {
    const modes = toClockModes(grid);
    const nearest = nearestMode(grid);
    const centre = centreOf(grid);
    const correlate = correlationsWith(grid.modes.map(logScale(grid)));
    const correlations: Float64Array[] = [];
    return (): Proposal => {
      const { observations, candidates } = ledger;
      if (observations.length === 0) return { index: nearest(centre, candidates), reason: "the centre" };
      for (const { index } of observations.slice(correlations.length)) correlations.push(correlate(index));
      const forecast = forecaster({ modes, observations, correlations });
      return acquisition(candidates, forecast, budgetWatts, ledger.best());
    };
  },
});

import { centreOf } from "./centreOf.ts";
import { defineStrategy } from "./defineStrategy.ts";
import { powerCoordinates, timeCoordinates } from "./gmd/costCoordinates.ts";
import { followSlopes } from "./gmd/followSlopes.ts";
import { type StarPoint, starPoints } from "./gmd/starPoints.ts";
import { nearestMode } from "./nearestMode.ts";
import { trainingView } from "./trainingView.ts";

/**
 * Gradient descent over several dimensions: slopes of time and power from a star of measurements, steps along them, pruning by
 * monotonicity, and back to what is left when a step fails. Needs no physics, so it fits every grid, batch sizes and caps included.
 *
 * Named after the strategy of Fulcrum (arXiv 2509.20205), of which only the abstract's outline is followed.
 */
export const gmd = defineStrategy({
  name: "gmd",
  pruning: "breaking-and-worse",
  start: ({ grid }, ledger) => {
    const nearest = nearestMode(grid);
    const locate = ({ mode, reason }: StarPoint) => ({
      mode: nearest(mode, ledger.openCandidates()),
      combination: 0,
      reason,
    });
    const [time, power] = [timeCoordinates(grid), powerCoordinates(grid)];
    const centre = centreOf(grid);
    let star: readonly StarPoint[] | null = null;
    let next = 0;
    return () => {
      const view = trainingView(ledger);
      const { budgetWatts } = view;
      const first = view.observations[0];
      if (first === undefined) return locate({ mode: centre, reason: "the centre" });
      star ??= starPoints(grid, grid.modes[first.index]!, first.powerWatts <= budgetWatts);
      if (next < star.length) return locate(star[next++]!);
      const { index, reason } = followSlopes(view, time, power);
      return { mode: index, combination: 0, reason };
    };
  },
});

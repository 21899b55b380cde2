import type { OverlapPolicy } from "./overlapPolicy.ts";

/**
 * Predicted gaps are filled with operators predicted to fit: on the lowest level that has one, the longest (BestPrioFit). Nothing starts
 * once the next operator of the urgent task was launched.
 */
export const fill = {
  description: "gaps predicted to be long enough are filled with the longest operators predicted to fit",
  title: ({ feedback, maxOverrun }) =>
    [
      "gaps filled by prediction",
      ...(feedback ? ["feedback"] : []),
      ...(maxOverrun === null ? [] : [`until held up by ${maxOverrun / 1000} µs`]),
    ].join(", "),
  begin({ low, clock, settings: { minGap, dispatch, feedback, maxOverrun, predictions } }) {
    const { idles, executions, keys } = predictions;
    const shortest = new Map<number, number>();
    let heldUp = 0;
    let overPredicted = 0;
    return {
      async arrive() {
        heldUp = 0;
        overPredicted = 0;
      },
      async afterHigh(row, end, ready) {
        if (ready === end) return;
        const key = keys[row]!;
        const seen = shortest.get(key) ?? Number.POSITIVE_INFINITY;
        const predicted = Math.min(idles[row]!, seen);
        overPredicted += Math.max(0, predicted - (ready - end));
        if (feedback) shortest.set(key, Math.min(seen, ready - end));
        if (predicted === 0 || predicted < minGap || heldUp > (maxOverrun ?? Number.POSITIVE_INFINITY)) return;
        for (let now = end; now < ready; now = clock.now()) {
          const task = low.bestFit(end + predicted - now - dispatch, executions);
          if (task < 0) return;
          await low.run(task);
        }
        heldUp += Math.max(0, clock.now() - ready);
      },
      overPredicted: () => overPredicted,
    };
  },
} satisfies OverlapPolicy;

import type { OverlapPolicy } from "./overlapPolicy.ts";

/**
 * Default sharing inside one process: a single queue, served in order, in which each of the others always has `window` operators.
 *
 * Operators that the urgent task launches without waiting follow one another; the others find the queue full.
 */
export const fifo = {
  description: "default sharing by one queue in order of arrival",
  title: ({ window }) => `one queue, ${window} operators of each of the others in it`,
  begin({ low, clock, settings: { window } }) {
    const serve = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await low.runInTurn(low.pick());
    };
    return {
      arrive: () => serve(window * low.count),
      async afterHigh(_row, end, ready) {
        if (ready === end || low.count === 0) return;
        while (clock.now() <= ready) await serve(1);
        await serve(window * low.count - 1);
      },
      overPredicted: () => null,
    };
  },
} satisfies OverlapPolicy;

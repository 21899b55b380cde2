import type { OverlapPolicy } from "./overlapPolicy.ts";

/** Stream priorities: whenever the urgent task leaves the device idle another operator starts, however long it takes. */
export const greedy = {
  description: "stream priorities alone: an operator of the others starts whenever the device would be idle",
  title: () => "stream priorities",
  begin: ({ low, clock }) => ({
    arrive: async () => {},
    async afterHigh(_row, end, ready) {
      if (ready === end) return;
      while (clock.now() < ready && low.count > 0) await low.runInTurn(low.pickByLevel());
    },
    overPredicted: () => null,
  }),
} satisfies OverlapPolicy;

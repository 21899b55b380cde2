import type { OverlapPolicy } from "./overlapPolicy.ts";

/**
 * Default sharing between processes: tasks take turns. A processor of operators cannot interrupt one, so a turn ends with the first
 * operator that ends after the quantum. A task gives up the rest of its turn when it has nothing to run.
 */
export const timeslice = {
  description: "default sharing by turns, which change between operators",
  title: ({ quantum }) => `turns of ${quantum / 1000} µs, to the end of an operator`,
  begin({ low, clock, settings: { quantum } }) {
    let turnBegan = 0;
    const turn = async (task: number): Promise<void> => {
      const began = clock.now();
      do await low.run(task);
      while (clock.now() - began < quantum);
    };
    return {
      async arrive() {
        turnBegan = clock.now();
      },
      async afterHigh(_row, end, ready) {
        if (low.count === 0 || (ready === end && end - turnBegan < quantum)) return;
        do {
          for (let task = 0; task < low.count; task++) await turn(task);
        } while (clock.now() < ready);
        turnBegan = clock.now();
      },
      overPredicted: () => null,
    };
  },
} satisfies OverlapPolicy;

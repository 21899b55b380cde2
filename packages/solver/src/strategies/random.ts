import { defineStrategy } from "./defineStrategy.ts";

/** Measures modes in a random order: what any cleverer strategy must beat. */
export const random = defineStrategy({
  name: "random",
  pruning: "none",
  start: (input, ledger) => {
    const order = input.random.shuffle([...input.grid.modes.keys()]);
    return () => ({ index: order.find((index) => ledger.candidates.has(index))!, reason: "drawn at random" });
  },
});

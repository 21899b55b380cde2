import { defineStrategy } from "./defineStrategy.ts";

/** Measures all modes in the order of the grid; exact when it may measure as many as there are. */
export const exhaustive = defineStrategy({
  name: "exhaustive",
  pruning: "none",
  start: (_, ledger) => () => {
    const [index] = ledger.candidates;
    return { index: index!, reason: "next of the grid" };
  },
});

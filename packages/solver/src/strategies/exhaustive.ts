import { defineStrategy } from "./defineStrategy.ts";

/** Measures all modes in the order of the grid with all minibatches; exact when it may measure as many as there are. */
export const exhaustive = defineStrategy({
  name: "exhaustive",
  pruning: "none",
  start: (_, ledger) => () => {
    const [next] = ledger.openCandidates();
    const count = ledger.combinations.length;
    return { mode: Math.floor(next! / count), combination: next! % count, reason: "next of the grid" };
  },
});

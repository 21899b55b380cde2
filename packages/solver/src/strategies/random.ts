import { defineStrategy } from "./defineStrategy.ts";

/**
 * Measures modes in a random order, each with every minibatch that could keep the promises: what any cleverer strategy must beat.
 */
export const random = defineStrategy({
  name: "random",
  pruning: "none",
  start: (input, ledger) => {
    const order = input.random.shuffle([...input.grid.modes.keys()]);
    const ranks = new Map(order.map((mode, rank) => [mode, rank]));
    const count = ledger.combinations.length;
    return () => {
      const open = ledger.openCandidates();
      const rankOf = (candidate: number) => {
        const mode = Math.floor(candidate / count);
        return ledger.modesMeasured.has(mode) ? -1 : ranks.get(mode)!; // first the rest of the mode begun
      };
      const next = open.reduce((least, candidate) => (rankOf(candidate) < rankOf(least) ? candidate : least));
      return { mode: Math.floor(next / count), combination: next % count, reason: "drawn at random" };
    };
  },
});

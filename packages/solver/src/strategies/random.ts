import { defineStrategy } from "./defineStrategy.ts";

/**
 * Measures modes in a random order, each with every minibatch that could keep the promises: what any cleverer strategy must beat.
 */
export const random = defineStrategy({
  name: "random",
  pruning: "none",
  start: (input, ledger) => {
    const order = input.random.shuffle([...input.grid.modes.keys()]);
    const count = ledger.combinations.length;
    const openOf = (mode: number) => {
      for (let combination = 0; combination < count; combination++) {
        if (ledger.isOpen(mode * count + combination)) return combination;
      }
      return null;
    };
    let drawn = 0;
    return () => {
      // first the rest of the modes begun, as they come in the grid
      for (const mode of [...ledger.modesMeasured].sort((a, b) => a - b)) {
        const combination = openOf(mode);
        if (combination !== null) return { mode, combination, reason: "drawn at random" };
      }
      // what closes while inference alone does not count may open again, so that a mode is left behind only once it is measured
      for (let rank = drawn; rank < order.length; rank++) {
        const mode = order[rank]!;
        if (rank === drawn && ledger.modesMeasured.has(mode)) drawn++;
        const combination = openOf(mode);
        if (combination !== null) return { mode, combination, reason: "drawn at random" };
      }
      return null;
    };
  },
});

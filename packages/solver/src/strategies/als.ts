import { frontGain } from "./als/frontGain.ts";
import { type CandidateProposal, defineStrategy } from "./defineStrategy.ts";
import { levelsOf } from "./levelsOf.ts";
import { nearestMode } from "./nearestMode.ts";
import { outlookOf } from "./roofline/outlook.ts";

/** Where to begin: in each dimension the level at this part of them; the centre and both corners. */
const starts = [
  { part: 0.5, reason: "the centre" },
  { part: 0, reason: "the least of everything" },
  { part: 1, reason: "the most of everything" },
] as const;
/** Expected gain in the logarithm of time, mean over the budgets, below which measuring more is not worth it. */
const smallestGain = 1e-5;

/**
 * Active learning of a reusable set: one campaign for all power budgets, rates and latencies. Measures what is expected to gain most over
 * all budgets together, by the laws of time and power that `roofline` uses, and in each mode every minibatch. Nothing is ruled out, as what
 * breaks this problem's limits may be the answer to another; give what it observed to later searches as `known`.
 *
 * For grids of clocks and cores, of which it needs the quantities; 30 to 50 modes make a good set of 441. Named after the strategy of
 * Fulcrum (arXiv 2509.20205), of which only the abstract's outline is followed.
 */
export const als = defineStrategy({
  name: "als",
  pruning: "nothing",
  start: (input, ledger) => {
    const { grid } = input;
    const nearest = nearestMode(grid);
    const look = outlookOf(input, ledger);
    const count = ledger.combinations.length;
    let started = 0;
    return (): CandidateProposal | null => {
      const open = ledger.openCandidates();
      const begun = open.find((candidate) => ledger.modesMeasured.has(Math.floor(candidate / count)));
      if (begun !== undefined) {
        const combination = begun % count;
        return { mode: (begun - combination) / count, combination, reason: "every minibatch of the mode" };
      }
      const firstOf = (mode: number) => open.find((candidate) => Math.floor(candidate / count) === mode)! % count;
      const modes = [...new Set(open.map((candidate) => Math.floor(candidate / count)))];
      const start = starts[started];
      if (start !== undefined) {
        started++;
        const goal = levelsOf(grid).map((levels) => levels[Math.floor(start.part * (levels.length - 1) + 0.5)]!);
        const mode = nearest(goal, modes);
        return { mode, combination: firstOf(mode), reason: start.reason };
      }
      if (ledger.judged.length === 0)
        return { mode: modes[0]!, combination: firstOf(modes[0]!), reason: "next of the grid" };
      const gainOf = frontGain(ledger, look(), input.margin ?? 0);
      let chosen = { mode: -1, gain: smallestGain };
      for (const mode of modes) {
        const gain = gainOf(mode);
        if (gain > chosen.gain) chosen = { mode, gain };
      }
      if (chosen.mode < 0) return null;
      const reason = `expected gain ${(100 * chosen.gain).toPrecision(2)} % over all budgets`;
      return { mode: chosen.mode, combination: firstOf(chosen.mode), reason };
    };
  },
});

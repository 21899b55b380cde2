import { type CandidateProposal, defineStrategy } from "./defineStrategy.ts";
import type { Ledger } from "./ledger.ts";
import { levelsOf } from "./levelsOf.ts";
import { nearestMode } from "./nearestMode.ts";
import { drawnProspect, normalDraws } from "./roofline/drawnProspect.ts";
import { outlookOf } from "./roofline/outlook.ts";
import type { Prospect } from "./roofline/prospect.ts";
import { startCombination } from "./roofline/startCombination.ts";
import { trainingProspect } from "./roofline/trainingProspect.ts";

/** Relative gain below which a candidate is not worth another mode, except in a training, whose runs cost little. */
const smallestGain = 0.001;
/** When nothing promises a gain, forecasts may be too sure of themselves: their deviations are widened, step by step, before giving up. */
const widenings = [1, 1.7, 3];

/** The most promising of some candidates. */
interface Chosen extends Prospect {
  readonly candidate: number;
}

/**
 * Search guided by physics: how time and power follow clocks, cores and minibatches is known but for a few constants. The centre of the
 * grid is measured first; then, again and again, the candidate of the largest expected gain within the limits, by laws fitted to all
 * measurements and their uncertainty. Other minibatches in modes that are measured already come first, as they cost no mode.
 *
 * For grids of clocks and cores, of which it needs the quantities. It ends early when something keeps the limits and nothing promises a
 * gain, but uses all its probes on a training. A question costs a few milliseconds on 441 modes, and grows with the candidates.
 */
export const roofline = defineStrategy({
  name: "roofline",
  pruning: "breaking",
  start: (input, ledger) => {
    const { grid, random } = input;
    const nearest = nearestMode(grid);
    const look = outlookOf(input, ledger);
    const draws = normalDraws(random);
    const count = ledger.combinations.length;
    const { problem } = ledger;
    const propose = (candidate: number, reason: string): CandidateProposal => {
      const combination = candidate % count;
      return { mode: (candidate - combination) / count, combination, reason };
    };
    /** The centre; and while a run there breaks a limit before all are measured, half-way down from it, again and again. */
    const begin = (open: readonly number[]): CandidateProposal => {
      const start = startCombination(ledger);
      const preferred = open.filter((candidate) => candidate % count === start);
      const candidates = preferred.length > 0 ? preferred : open;
      const modes = candidates.map((candidate) => Math.floor(candidate / count));
      const part = 0.5 ** (1 + ledger.modesMeasured.size);
      const goal = levelsOf(grid).map((levels) => levels[Math.floor(part * levels.length)]!);
      const reason = ledger.modesMeasured.size === 0 ? "the centre" : "half-way down";
      return propose(candidates[modes.indexOf(nearest(goal, modes))]!, reason);
    };
    return () => {
      const open = ledger.openCandidates();
      if (ledger.judged.length === 0) return begin(open);
      const outlook = look();
      if (problem.kind === "training") {
        const chosen = mostPromising(open, trainingProspect(problem, ledger, outlook));
        return propose(chosen.candidate, reasonOf(chosen, ledger));
      }
      for (const widening of widenings) {
        const prospect = drawnProspect(ledger, outlook, draws, widening);
        const inMeasured = open.filter((candidate) => ledger.modesMeasured.has(Math.floor(candidate / count)));
        for (const candidates of [inMeasured, open]) {
          if (candidates.length === 0) continue;
          const chosen = mostPromising(candidates, prospect);
          if (chosen.gain > smallestGain) return propose(chosen.candidate, reasonOf(chosen, ledger));
        }
      }
      if (ledger.best() !== null) return null;
      const prospect = drawnProspect(ledger, outlook, draws, widenings.at(-1)!);
      const nearestMiss = mostPromising(open, (candidate) => ({ gain: -prospect(candidate).excess, probability: 0 }));
      return propose(nearestMiss.candidate, "nearest to the limits");
    };
  },
});

/** @param candidates  at least one */
function mostPromising(candidates: readonly number[], prospect: (candidate: number) => Prospect): Chosen {
  let chosen: Chosen = { candidate: candidates[0]!, gain: Number.NEGATIVE_INFINITY, probability: 0 };
  for (const candidate of candidates) {
    const { gain, probability } = prospect(candidate);
    if (gain > chosen.gain) chosen = { candidate, gain, probability };
  }
  return chosen;
}

function reasonOf({ gain, probability }: Prospect, ledger: Ledger): string {
  const odds = `${Math.round(100 * probability)} % likely within the limits`;
  return ledger.best() === null ? odds : `${hope(gain)}, ${odds}`;
}

/** Gains below a thousandth of a percent are not worth their digits. */
function hope(gain: number): string {
  return gain < 1e-5 ? "hardly any gain expected" : `expected gain ${(100 * gain).toPrecision(2)} %`;
}

import { type Boxes, boxesBeyond, expectedHypervolumeGain } from "@partitune/numerics";
import { type CandidateProposal, defineStrategy } from "./defineStrategy.ts";
import { costProcesses } from "./generic/costProcesses.ts";
import { type Outlook, outlooks, valueScale } from "./generic/outlook.ts";
import { spreadOut } from "./generic/spreadOut.ts";
import type { JudgedCandidate, Ledger } from "./ledger.ts";

/** Gain that another minibatch in a mode already measured must promise to be worth its runs. */
const leastGain = 1e-4;
/** How far beyond the worst value seen the reference lies, relative to their range. */
const reach = 0.1;

/**
 * Bayesian search of the whole front of value and power within the budget: Gaussian processes of time and power, and the candidate of the
 * largest expected gain of hypervolume, times the probability that it is in time. For one budget it takes more measurements than a search
 * of one optimum; what it finds serves smaller budgets as well.
 *
 * @see M. Emmerich, A. Deutz and J. Klinkenberg, Hypervolume-based expected improvement, IEEE CEC 2011
 */
export const bayesian = defineStrategy({
  name: "bayesian",
  pruning: "none",
  start: (input, ledger) => {
    const first = spreadOut(input, ledger);
    const fit = costProcesses(input.grid, ledger);
    return (): CandidateProposal | null => {
      const start = first();
      if (start !== null) return start;
      const boxes = boxesOf(ledger);
      let chosen: { readonly outlook: Outlook; readonly score: number } | null = null;
      for (const outlook of outlooks(ledger, ledger.openCandidates(), fit())) {
        const { value, logPower, inTime } = outlook;
        const deviations = [Math.sqrt(value.variance), Math.sqrt(logPower.variance)];
        const gain = expectedHypervolumeGain(boxes, [value.mean, logPower.mean], deviations);
        const score = gain * inTime || -outlook.miss; // where no gain is in sight, the least miss
        if (chosen === null || score > chosen.score) chosen = { outlook, score };
      }
      if (ledger.modesMeasured.size >= input.probes && chosen!.score < leastGain) return null;
      const { mode, combination, withinPower, inTime } = chosen!.outlook;
      const odds = `${Math.round(100 * withinPower * inTime)} % likely within the limits`;
      return { mode, combination, reason: `largest expected gain of the front, ${odds}` };
    };
  },
});

/** What the candidates measured in time leave of value and power; the reference is the budget and a little beyond the worst value. */
function boxesOf(ledger: Ledger): Boxes {
  const scale = valueScale(ledger);
  const rows = ledger.judged.map((candidate) => [scale(candidate.judgement.value), logPowerOf(candidate)]);
  const inTime = rows.filter((_, i) => {
    const { latency, load } = ledger.judged[i]!.judgement.excess;
    return latency <= 0 && load <= 0;
  });
  const values = rows.map((row) => row[0]!).filter(Number.isFinite);
  const [low, high] = values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
  const isLimited = ledger.judged.some(({ judgement }) => judgement.excess.power > -1);
  const most = isLimited ? 0 : Math.max(0, ...rows.map((row) => row[1]!)) + reach;
  return boxesBeyond(inTime, [high + reach * (high - low || 1), most]);
}

/** As the outlook's. */
function logPowerOf({ judgement, costs }: JudgedCandidate): number {
  if (judgement.excess.power > -1) return Math.log1p(judgement.excess.power);
  const runs = [...(costs.training ? [costs.training] : []), ...costs.served];
  return Math.log(Math.max(...runs.map(({ powerWatts }) => powerWatts), costs.idleWatts ?? 0));
}

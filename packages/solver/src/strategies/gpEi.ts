import { expectedImprovement } from "@partitune/numerics";
import { type CandidateProposal, defineStrategy } from "./defineStrategy.ts";
import { costProcesses } from "./generic/costProcesses.ts";
import { isRate, type Outlook, outlooks, valueScale } from "./generic/outlook.ts";
import { spreadOut } from "./generic/spreadOut.ts";

/** Relative gain that another minibatch in a mode already measured must promise to be worth its runs. */
const leastGain = 1e-4;

/**
 * Generic Bayesian search: Gaussian processes of time and power that know nothing of the physics, and the candidate of the largest
 * expected improvement times the probability that it keeps every limit; as long as none does, the one that most probably will.
 *
 * @see J. R. Gardner et al., Bayesian optimization with inequality constraints, ICML 2014
 */
export const gpEi = defineStrategy({
  name: "gp-ei",
  pruning: "none",
  start: (input, ledger) => {
    const first = spreadOut(input, ledger);
    const fit = costProcesses(input.grid, ledger);
    const scale = valueScale(ledger);
    return (): CandidateProposal | null => {
      const start = first();
      if (start !== null) return start;
      const best = ledger.best();
      const bar = best === null ? null : scale(best.judgement.value);
      let chosen: { readonly outlook: Outlook; readonly score: number } | null = null;
      for (const outlook of outlooks(ledger, ledger.openCandidates(), fit())) {
        const probability = outlook.withinPower * outlook.inTime;
        const { mean, variance } = outlook.value;
        const gain = bar === null ? 1 : expectedImprovement(bar - mean, Math.sqrt(variance));
        const score = gain * probability || -outlook.miss; // where every probability is nil, the least miss
        if (chosen === null || score > chosen.score) chosen = { outlook, score };
      }
      const unit = isRate(ledger) ? Math.abs(bar ?? 0) || 1 : 1;
      if (bar !== null && ledger.modesMeasured.size >= input.probes && chosen!.score < leastGain * unit) return null;
      const { mode, combination, withinPower, inTime } = chosen!.outlook;
      const odds = `${Math.round(100 * withinPower * inTime)} % likely within the limits`;
      return { mode, combination, reason: bar === null ? odds : `largest expected improvement, ${odds}` };
    };
  },
});

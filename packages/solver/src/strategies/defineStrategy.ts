import { InputError } from "@partitune/schema";
import { answerProblem } from "../problems/answerProblem.ts";
import { checkOutcome, checkStrategyInput } from "./checkStrategyInput.ts";
import { type Candidate, type Ledger, openLedger } from "./ledger.ts";
import type { Pruning } from "./pruning.ts";
import type { ModeRun, Proposal, RunOutcome, StartStrategy, Strategy, StrategyInput } from "./strategy.ts";
import { tablesOf } from "./tablesOf.ts";

/** A candidate that is worth measuring. */
export interface CandidateProposal extends Candidate {
  /** Why this one, in a few words. */
  readonly reason: string;
}

/** What tells one strategy from another. */
export interface StrategyDefinition {
  readonly name: string;
  /** What measurements rule out in other modes. */
  readonly pruning: Pruning;
  /**
   * Prepares a search; the function it returns proposes one of the ledger's open candidates, of which there is at least one, or null when
   * none is worth measuring. It is asked again after the candidate was measured in full, or ruled out on the way.
   */
  readonly start: (input: StrategyInput, ledger: Ledger) => () => CandidateProposal | null;
}

/** Adds to a way of proposing what all strategies share: checks at the door, the ledger, the runs of a candidate, the budget of probes. */
export function defineStrategy({ name, pruning, start }: StrategyDefinition): StartStrategy {
  return (input) => {
    checkStrategyInput(input);
    const ledger = openLedger(input, pruning);
    const count = ledger.combinations.length;
    for (const { run, timeSeconds, powerWatts } of input.known ?? []) {
      if (ledger.table.slotOf(run) === undefined) continue;
      const outcome = timeSeconds === null ? { powerWatts } : { timeSeconds, powerWatts };
      checkTold(run, outcome, input, ledger);
      ledger.record(run, outcome, true);
    }
    const propose = start(input, ledger);
    let current: { readonly candidate: number; readonly reason: string } | null = null;
    let pending: Proposal | null = null;
    const isOver = () =>
      ledger.modesFailed.size >= input.probes ||
      (ledger.jobs.hopeless && ledger.judged.length > 0) ||
      nothingToRun(ledger);
    /** The first candidate is finished even if it breaks a limit on the way: one of each run is needed to learn from. */
    const isWorthFinishing = (candidate: number) => {
      if (ledger.isOpen(candidate)) return true;
      const isFirst = ledger.judged.length === 0 && ledger.failures === 0;
      return isFirst && ledger.missingRuns(candidate).length > 0;
    };
    const nextRun = (): Proposal | null => {
      if (current !== null && !isWorthFinishing(current.candidate)) current = null;
      if (current === null) {
        if (ledger.isExhausted()) return null;
        const proposal = propose();
        if (proposal === null) return null;
        current = { candidate: proposal.mode * count + proposal.combination, reason: proposal.reason };
      }
      return { run: ledger.missingRuns(current.candidate)[0]!, reason: current.reason };
    };
    return {
      name,
      input,
      ask: () => {
        if (isOver()) return null;
        pending ??= nextRun();
        return pending;
      },
      tell: (run, outcome) => {
        checkTold(run, outcome, input, ledger);
        ledger.record(run, outcome);
        pending = null;
      },
      answer: () => answerProblem(input.problem, tablesOf(ledger, input.grid), input.margin),
      observations: () => ledger.observations,
      modesMeasured: () => ledger.modesMeasured.size,
      candidates: () => countHopes(ledger, input.grid.modes.length * count),
    } satisfies Strategy;
  };
}

function nothingToRun({ jobs }: Ledger): boolean {
  return jobs.training === null && jobs.served.length === 0;
}

function countHopes(ledger: Ledger, candidates: number): number {
  const least = ledger.leastHope();
  let hopes = 0;
  for (let candidate = 0; candidate < candidates; candidate++) if (ledger.hope[candidate]! >= least) hopes++;
  return ledger.jobs.hopeless ? 0 : hopes;
}

function checkTold(run: ModeRun, outcome: RunOutcome, { grid }: StrategyInput, { table }: Ledger): void {
  const what = nameRun(run);
  if (grid.modes[run.mode] === undefined) {
    const advice = `expected a row of the grid, 0 to ${grid.modes.length - 1}`;
    throw new InputError({ what, problem: "is not in the grid", advice });
  }
  const slot = table.slotOf(run);
  if (slot === undefined) {
    const advice =
      "tell runs of the problem's workloads with its batches, and of the idle device under an average budget";
    throw new InputError({ what, problem: "is no run of the problem", advice });
  }
  if (table.isKnown(run.mode, slot) || table.hasFailed(run.mode, slot)) {
    throw new InputError({
      what,
      problem: "was told before",
      advice: "tell each run once, with the median of its repeats",
    });
  }
  checkOutcome(what, run, outcome);
}

/** @example nameRun({ mode: 3, workload: "bert", batch: 8 })  // 'mode 3 with "bert" in batches of 8' */
function nameRun({ mode, workload, batch }: ModeRun): string {
  if (workload === null) return `mode ${mode} at rest`;
  return `mode ${mode} with "${workload}"${batch === null ? "" : ` in batches of ${batch}`}`;
}

import { InputError } from "@partitune/schema";
import { checkOutcome, checkStrategyInput } from "./checkStrategyInput.ts";
import { type Ledger, openLedger, type Pruning } from "./ledger.ts";
import type { ProbeOutcome, Proposal, StartStrategy, Strategy, StrategyInput } from "./strategy.ts";

/** What tells one strategy from another. */
export interface StrategyDefinition {
  readonly name: string;
  /** Which modes a measurement rules out. */
  readonly pruning: Pruning;
  /** Prepares a search; the function it returns proposes one of the ledger's candidates, of which there is at least one. */
  readonly start: (input: StrategyInput, ledger: Ledger) => () => Proposal | null;
}

/** Adds to a way of proposing what all strategies share: checks at the door, the ledger, the budget of probes. */
export function defineStrategy({ name, pruning, start }: StrategyDefinition): StartStrategy {
  return (input) => {
    checkStrategyInput(input);
    const ledger = openLedger(input, pruning);
    const propose = start(input, ledger);
    let pending: Proposal | null = null;
    const isOver = () =>
      ledger.observations.length >= input.probes ||
      ledger.failures.size >= input.probes ||
      ledger.candidates.size === 0;
    return {
      name,
      input,
      ask: () => {
        if (isOver()) return null;
        pending ??= propose();
        return pending;
      },
      tell: (index, outcome) => {
        checkTold(index, outcome, input, ledger);
        ledger.record(index, outcome);
        if (pending !== null && !ledger.candidates.has(pending.index)) pending = null;
      },
      best: () => ledger.best()?.index ?? null,
      observations: () => ledger.observations,
      candidates: () => ledger.candidates.size,
    } satisfies Strategy;
  };
}

function checkTold(index: number, outcome: ProbeOutcome, { grid }: StrategyInput, ledger: Ledger): void {
  if (grid.modes[index] === undefined) {
    const advice = `expected a row of the grid, 0 to ${grid.modes.length - 1}`;
    throw new InputError({ what: `mode ${index}`, problem: "is not in the grid", advice });
  }
  if (ledger.failures.has(index) || ledger.observations.some((observation) => observation.index === index)) {
    const advice = "tell each mode once, with the median of its repeats";
    throw new InputError({ what: `mode ${index}`, problem: "was told before", advice });
  }
  checkOutcome(index, outcome);
}

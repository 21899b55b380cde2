import type { ModeGrid, Observation, ProbeOutcome, StrategyInput } from "./strategy.ts";

/**
 * What a measurement rules out, as more of a `mono` dimension is faster and takes more power: nothing; modes hungrier than one clearly
 * over the budget; or also modes slower than one within it.
 */
export type Pruning = "none" | "hungrier" | "hungrier-and-slower";

/** What a search knows. */
export interface Ledger {
  readonly observations: readonly Observation[];
  /** Rows that could not be measured. */
  readonly failures: ReadonlySet<number>;
  /** Rows still worth measuring, in ascending order. */
  readonly candidates: ReadonlySet<number>;
  record(index: number, outcome: ProbeOutcome): void;
  best(): Observation | null;
  leastPower(): Observation | null;
}

/** Measured power varies by about 1 %: a mode over the budget by less than this says nothing sure about hungrier ones. */
const overBudgetTolerance = 0.02;

export function openLedger({ grid, budgetWatts }: StrategyInput, pruning: Pruning): Ledger {
  const observations: Observation[] = [];
  const failures = new Set<number>();
  const candidates = new Set(grid.modes.keys());
  const isAtLeast = orderOf(grid);
  return {
    observations,
    failures,
    candidates,
    record: (index, outcome) => {
      candidates.delete(index);
      if ("failed" in outcome) {
        failures.add(index);
        return;
      }
      observations.push({ index, timeSeconds: outcome.timeSeconds, powerWatts: outcome.powerWatts });
      const ratio = outcome.powerWatts / budgetWatts;
      if (pruning !== "none" && ratio > 1 + overBudgetTolerance) {
        for (const other of candidates) if (isAtLeast(other, index)) candidates.delete(other);
      } else if (pruning === "hungrier-and-slower" && ratio <= 1) {
        for (const other of candidates) if (isAtLeast(index, other)) candidates.delete(other);
      }
    },
    best: () => {
      const feasible = observations.filter(({ powerWatts }) => powerWatts <= budgetWatts);
      return firstBy(feasible, (a, b) => a.timeSeconds - b.timeSeconds || a.powerWatts - b.powerWatts);
    },
    leastPower: () => firstBy(observations, (a, b) => a.powerWatts - b.powerWatts || a.timeSeconds - b.timeSeconds),
  };
}

/** Whether one row is at least another in every `mono` dimension and equal to it in every `free` one. */
function orderOf({ dimensions, modes }: ModeGrid): (higher: number, lower: number) => boolean {
  return (higher, lower) =>
    dimensions.every(({ kind }, d) => {
      const difference = modes[higher]![d]! - modes[lower]![d]!;
      return kind === "mono" ? difference >= 0 : difference === 0;
    });
}

function firstBy<T>(items: readonly T[], compare: (a: T, b: T) => number): T | null {
  let first: T | null = null;
  for (const item of items) if (first === null || compare(item, first) < 0) first = item;
  return first;
}

import type { Seconds, Watts } from "@partitune/schema";
import type { Ledger } from "./ledger.ts";

/** A measured mode of a training. */
export interface MeasuredMode {
  /** Row of the grid. */
  readonly index: number;
  readonly timeSeconds: Seconds;
  readonly powerWatts: Watts;
}

/** What a search for the fastest training within a power budget knows, mode by mode. */
export interface TrainingView {
  readonly budgetWatts: Watts;
  readonly observations: readonly MeasuredMode[];
  /** Rows that are open. */
  readonly candidates: readonly number[];
  readonly best: MeasuredMode | null;
  readonly leastPower: MeasuredMode | null;
}

/** Reads a ledger as that of a training; without a budget the hungriest mode measured is within it. */
export function trainingView(ledger: Ledger): TrainingView {
  const observations = ledger.observations.flatMap(({ run, timeSeconds, powerWatts }) =>
    run.workload === ledger.jobs.training && timeSeconds !== null ? [{ index: run.mode, timeSeconds, powerWatts }] : [],
  );
  const watts = observations.map(({ powerWatts }) => powerWatts);
  const budget = ledger.problem.kind === "training" ? ledger.problem.budgetWatts : undefined;
  const bestMode = ledger.best()?.mode;
  const least = Math.min(...watts);
  return {
    budgetWatts: budget ?? Math.max(1, ...watts),
    observations,
    candidates: ledger.openCandidates(),
    best: observations.find(({ index }) => index === bestMode) ?? null,
    leastPower: observations.find(({ powerWatts }) => powerWatts === least) ?? null,
  };
}

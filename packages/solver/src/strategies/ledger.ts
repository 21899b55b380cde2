import type { ModeProblem } from "@partitune/schema";
import { type CandidateCosts, type CandidateJudgement, holds, type Judge, judgeOf } from "../problems/judgeOf.ts";
import { withMargin } from "../problems/withMargin.ts";
import { geometryOf } from "./gridGeometry.ts";
import { type Jobs, jobsOf } from "./jobsOf.ts";
import { type Pruning, rulesOf } from "./pruning.ts";
import { openRanking } from "./ranking.ts";
import { openRunTable, type RunTable } from "./runTable.ts";
import { serveAlone } from "./serveAlone.ts";
import type { ModeRun, Observation, RunOutcome, StrategyInput } from "./strategy.ts";

/** A mode, and a minibatch of each served workload. */
export interface Candidate {
  /** Row of the grid. */
  readonly mode: number;
  /** Row of the ledger's `combinations`. */
  readonly combination: number;
}

/** A candidate of which every run was measured. */
export interface JudgedCandidate extends Candidate {
  readonly costs: CandidateCosts;
  readonly judgement: CandidateJudgement;
  /** Whether inference holds, with or without what runs beside it. */
  readonly serves: boolean;
}

/** What a search knows. Candidates are numbered mode by mode: mode · combinations + combination. */
export interface Ledger {
  /** The problem with the margin taken off its budgets: what choices are judged by. */
  readonly problem: ModeProblem;
  readonly jobs: Jobs;
  readonly judge: Judge;
  /** Every combination of minibatches, one of each served workload; a single empty one where nothing is served. */
  readonly combinations: readonly (readonly number[])[];
  /** Measured times and powers by run. */
  readonly table: RunTable;
  /** What was known, then what was told, in order. */
  readonly observations: readonly Observation[];
  /** Measured in full, in order. */
  readonly judged: readonly JudgedCandidate[];
  /** Modes in which something was measured, without what was known. */
  readonly modesMeasured: ReadonlySet<number>;
  /** Modes in which nothing could be measured. */
  readonly modesFailed: ReadonlySet<number>;
  /** Runs that could not be measured. */
  readonly failures: number;
  /** What may be hoped of each candidate: 0, nothing more; 1, that inference holds without what runs beside it; 2, that everything runs. */
  readonly hope: Uint8Array;
  /** The hope that a candidate needs to count: 2, or 1 while nothing but inference alone is left to hope for. */
  leastHope(): number;
  /** Whether a mode is measured already or there are probes left. */
  isReachable(mode: number): boolean;
  /** Whether measuring the rest of a candidate may still serve the search and is within the probes left. */
  isOpen(candidate: number): boolean;
  /** Candidates that are open, in ascending order. */
  openCandidates(): readonly number[];
  /** Modes with an open candidate, in ascending order. */
  openModes(): readonly number[];
  /** Whether no candidate is open. */
  isExhausted(): boolean;
  /** Whether measuring the rest of a candidate could change the answer, were there probes left. */
  mayHold(candidate: number): boolean;
  /** The runs that a candidate lacks: training, then what is served, then the idle device. */
  missingRuns(candidate: number): readonly ModeRun[];
  /** The best candidate that keeps every limit, everything running; of equals the one of less power. */
  best(): JudgedCandidate | null;
  /** The candidate that breaks the limits least; of equals the better one. */
  nearest(): JudgedCandidate | null;
  record(run: ModeRun, outcome: RunOutcome, known?: boolean): void;
}

export function openLedger(input: StrategyInput, pruning: Pruning): Ledger {
  const problem = withMargin(input.problem, input.margin ?? 0);
  const jobs = jobsOf(problem);
  const judge = judgeOf(problem);
  const serves = serveAlone(problem);
  const modeCount = input.grid.modes.length;
  const combinations = combinationsOf(jobs.served.map(({ batches }) => batches));
  const count = combinations.length;
  const table = openRunTable(jobs, combinations, modeCount);
  const rules = rulesOf({ problem, jobs, combinations, geometry: geometryOf(input.grid), pruning });
  const observations: Observation[] = [];
  const ranking = openRanking();
  const modesMeasured = new Set<number>();
  const modesFailed = new Set<number>();
  let failures = 0;

  /** Inference alone counts when nothing else is left to hope for: until something holds, or all of it where nothing is ruled out. */
  const isStarving = () => rules.runsAll === 0 && (pruning === "none" ? ranking.best() === null : !ranking.hasServed());
  const leastHope = () => (isStarving() ? 1 : 2);
  const mayHold = (candidate: number) => rules.hope[candidate]! >= leastHope();
  const isReachable = (mode: number) => modesMeasured.size < input.probes || modesMeasured.has(mode);
  const hasOpen = (mode: number, least: number) => {
    const end = (mode + 1) * count;
    let candidate = mode * count;
    while (candidate < end && rules.hope[candidate]! < least) candidate++;
    return candidate < end && isReachable(mode);
  };
  const openModes = () => {
    const open: number[] = [];
    const least = leastHope();
    for (let mode = 0; mode < modeCount; mode++) if (hasOpen(mode, least)) open.push(mode);
    return open;
  };
  const isExhausted = () => {
    const least = leastHope();
    let mode = 0;
    while (mode < modeCount && !hasOpen(mode, least)) mode++;
    return mode === modeCount;
  };
  const judgeWhatIsNew = (mode: number, slot: number) => {
    for (const combination of table.combinationsWith[slot]!) {
      if (!table.isComplete(mode, combination)) continue;
      const costs = table.costsOf(mode, combination);
      const batches = combinations[combination]!;
      const judgement = judge(batches, costs);
      const candidate = { mode, combination, costs, judgement, serves: serves(batches, costs) };
      ranking.add(candidate);
      rules.close(mode, combination);
      if (holds(judgement)) rules.learnSuccess(candidate);
    }
  };
  return {
    problem,
    jobs,
    judge,
    combinations,
    table,
    observations,
    judged: ranking.judged,
    modesMeasured,
    modesFailed,
    get failures() {
      return failures;
    },
    hope: rules.hope,
    leastHope,
    isReachable,
    mayHold,
    isOpen: (candidate) => isReachable(Math.floor(candidate / count)) && mayHold(candidate),
    openCandidates: () =>
      openModes().flatMap((mode) => {
        const all = Array.from({ length: count }, (_, combination) => mode * count + combination);
        return all.filter(mayHold);
      }),
    openModes,
    isExhausted,
    missingRuns: (candidate) => {
      const combination = candidate % count;
      return table.missingRuns((candidate - combination) / count, combination);
    },
    best: ranking.best,
    nearest: ranking.nearest,
    record: (run, outcome, known = false) => {
      const slot = table.slotOf(run)!;
      if ("failed" in outcome) {
        failures++;
        table.fail(run.mode, slot);
        if (!table.hasAny(run.mode)) modesFailed.add(run.mode);
        rules.learnFailure(run.mode, slot, table);
        return;
      }
      const timeSeconds = "timeSeconds" in outcome ? outcome.timeSeconds : null;
      const { powerWatts } = outcome;
      table.store(run.mode, slot, timeSeconds, powerWatts);
      observations.push({ run, timeSeconds, powerWatts });
      if (!known) modesMeasured.add(run.mode);
      rules.learnRun(run.mode, slot, table);
      judgeWhatIsNew(run.mode, slot);
    },
  };
}

/** One of each list, in all ways, the first varying slowest. */
function combinationsOf(lists: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return lists.reduce<readonly (readonly number[])[]>(
    (all, list) => all.flatMap((start) => list.map((next) => [...start, next])),
    [[]],
  );
}

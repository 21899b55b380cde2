import type { Device, Fraction, Holding, Made, ModeChoice, ModeProbe, ModeSearch, Reason } from "@partitune/schema";
import type { SingleProblem } from "./budgetUse.ts";
import { modeObjective } from "./modeObjective.ts";
import { observedFront } from "./observedFront.ts";
import type { ProblemAnswer, ProblemTables } from "./problems/answerProblem.ts";
import { rowOfName } from "./rowOfName.ts";
import type { Probe, SearchResult } from "./search.ts";
import type { ModeGrid } from "./strategies/strategy.ts";
import { toModeChoice } from "./toModeChoice.ts";

/** What a record of a search holds beside what the search found. */
export interface ModeSearchInput {
  readonly problem: SingleProblem;
  readonly grid: ModeGrid;
  readonly result: SearchResult;
  /** Everything observed, what was known before included. */
  readonly tables: ProblemTables;
  readonly strategy: string;
  readonly highestProbes: number;
  readonly modesMeasured: number;
  readonly margin: Fraction;
  readonly device: Device;
  /** What a measured time of the training is, by default that of a minibatch. */
  readonly run?: "batch" | "epoch";
  /** The best choice in the default mode, or null when it breaks a budget or was not measured. */
  readonly baseline: ModeChoice | null;
  readonly holds: Holding | null;
  readonly made: Made;
  readonly synthetic: boolean;
}

/** The record of a search: the choice, what was measured on the way and why, and the front that it found. */
export function toModeSearch(input: ModeSearchInput): ModeSearch {
  const { problem, grid, result, tables, run = "batch" } = input;
  const { choice, nearest, reasons } = foundOf(problem, result.answer);
  return {
    kind: "mode-search",
    version: 1,
    made: input.made,
    device: input.device,
    problem,
    strategy: input.strategy,
    highestProbes: input.highestProbes,
    margin: input.margin,
    probes: result.probes.map((probe) => toModeProbe(probe, problem, grid, run)),
    modesMeasured: input.modesMeasured,
    objective: modeObjective(problem, run),
    status: result.status === "idle" ? "feasible" : result.status,
    choice,
    nearest,
    reasons,
    baseline: input.baseline,
    holds: choice === null ? null : input.holds,
    front: observedFront(problem, tables),
    synthetic: input.synthetic || input.device.synthetic,
  };
}

/** Without requests every mode will do, so there is no choice to name. */
const nothingAsked: Reason = {
  workload: null,
  constraint: "rate",
  missing: 0,
  text: "no requests come, so that every power mode will do; give a rate above 0",
};

function foundOf(problem: SingleProblem, answer: ProblemAnswer): Pick<ModeSearch, "choice" | "nearest" | "reasons"> {
  if (answer.status === "idle") return { choice: null, nearest: null, reasons: [nothingAsked] };
  const found = answer.status === "optimal" ? answer.choice : answer.nearest;
  if (found?.kind === "rate-schedule") throw new Error("a schedule answers no search");
  const choice = found === null ? null : toModeChoice(problem, found);
  return answer.status === "optimal"
    ? { choice, nearest: null, reasons: answer.reasons }
    : { choice: null, nearest: choice, reasons: answer.reasons };
}

function toModeProbe(
  { run, reason, outcome }: Probe,
  problem: SingleProblem,
  grid: ModeGrid,
  unit: "batch" | "epoch",
): ModeProbe {
  const { powerMode, batch } = rowOfName(problem, grid.names[run.mode]!);
  const samples = batch === null || unit === "epoch" ? 1 : batch; // where batches are chosen, the grid's times are those of a sample
  return {
    powerMode,
    workload: run.workload,
    batch: batch ?? run.batch,
    reason,
    outcome: toOutcome(outcome, samples),
  };
}

function toOutcome(outcome: Probe["outcome"], samples: number): ModeProbe["outcome"] {
  if ("failed" in outcome) return { kind: "failed", reason: outcome.failed };
  if (!("timeSeconds" in outcome)) return { kind: "idle", watts: outcome.powerWatts };
  return { kind: "measured", seconds: samples * outcome.timeSeconds, watts: outcome.powerWatts };
}

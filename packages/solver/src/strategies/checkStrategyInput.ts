import { InputError, type ModeProblem } from "@partitune/schema";
import { answerProblem } from "../problems/answerProblem.ts";
import type { ModeGrid, ModeRun, RunOutcome, StrategyInput } from "./strategy.ts";

/** Refuses grids, problems, margins and numbers of probes that make no sense. */
export function checkStrategyInput({ grid, problem, probes, margin }: StrategyInput): void {
  checkGrid(grid);
  checkProblem(problem);
  answerProblem(problem, { training: new Map(), inference: new Map(), idle: [] }, margin); // refuses demands out of range
  if (!(Number.isInteger(probes) && probes >= 1)) {
    refuse("the number of probes", `is ${probes}`, "expected a whole number from 1 on");
  }
}

/** Grids found in order; thousands of searches may share one. */
const checkedGrids = new WeakSet<ModeGrid>();

function checkGrid(grid: ModeGrid): void {
  if (checkedGrids.has(grid)) return;
  if (grid.modes.length === 0) refuse("the grid of modes", "is empty", "give it at least one mode");
  if (grid.names.length !== grid.modes.length) {
    const problem = `has ${grid.names.length} names for ${grid.modes.length} modes`;
    refuse("the grid of modes", problem, "give every mode a name");
  }
  const names = new Set<string>();
  for (const [i, name] of grid.names.entries()) {
    if (names.has(name)) refuse(`mode ${i}`, `has a name that another has: "${name}"`, "give it a name of its own");
    names.add(name);
  }
  const seen = new Set<string>();
  for (const [i, mode] of grid.modes.entries()) {
    checkMode(grid, i, mode);
    const key = mode.join();
    if (seen.has(key)) refuse(`mode ${i}`, `appears twice: ${key}`, "keep one of them");
    seen.add(key);
  }
  checkedGrids.add(grid);
}

function checkMode({ dimensions }: ModeGrid, i: number, mode: readonly number[]): void {
  if (mode.length !== dimensions.length) {
    const problem = `has ${mode.length} values, but the grid has ${dimensions.length} dimensions`;
    refuse(`mode ${i}`, problem, "give every mode one value per dimension");
  }
  for (const [d, value] of mode.entries()) {
    if (isPositive(value)) continue;
    refuse(`mode ${i}`, `has ${value} for "${dimensions[d]!.name}"`, "expected a finite number above 0");
  }
}

function checkProblem(problem: ModeProblem): void {
  if (problem.kind === "rate-schedule") {
    const advice =
      'search the problem "concurrent" at the highest rate, and solve the schedule over what that measured';
    refuse('a problem "rate-schedule"', "is not searched", advice);
  }
}

/** Refuses what no measurement can be. */
export function checkOutcome(what: string, { workload }: ModeRun, outcome: RunOutcome): void {
  if ("failed" in outcome) return;
  const advice = "expected a finite number above 0; measure again, or report the run as failed";
  if (!isPositive(outcome.powerWatts)) refuse(`the power of ${what}`, `is ${outcome.powerWatts} W`, advice);
  if (workload === null) return;
  const timeSeconds = "timeSeconds" in outcome ? outcome.timeSeconds : Number.NaN;
  if (!isPositive(timeSeconds)) refuse(`the time of ${what}`, `is ${timeSeconds} s`, advice);
}

function isPositive(value: number): boolean {
  return value > 0 && Number.isFinite(value);
}

function refuse(what: string, problem: string, advice: string): never {
  throw new InputError({ what, problem, advice });
}

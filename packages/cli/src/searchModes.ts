import { hashSeed, seededRandom } from "@partitune/numerics";
import type { Holding, ModeChoice, ModePlan, ModeSearch } from "@partitune/schema";
import {
  baselineChoice,
  holdingProbability,
  type ModeGrid,
  type ModeRun,
  type Observation,
  type ProblemAnswer,
  type ProblemTables,
  readGridRow,
  type SingleChoice,
  type SingleProblem,
  type StrategyName,
  search,
  strategies,
  tablesOf,
  toModeGrid,
  toModePlan,
  toModeSearch,
  workloadsOf,
} from "@partitune/solver";
import { madeNow } from "./made.ts";
import { type Measure, measureOn, runOf } from "./measureOn.ts";
import type { ModeSource } from "./modeSource.ts";

/** What is sought, and how. */
export interface ModeSearchRequest {
  readonly problem: SingleProblem;
  readonly strategy: StrategyName;
  readonly probes: number;
  readonly margin: number;
  readonly seed: string;
  readonly signal: AbortSignal;
  /** Told after each measurement how many modes are measured, and how many may be. */
  readonly onProbe: (done: number, total: number) => void;
}

/** A search with the plan of its choice, which is null when there is none. */
export interface FoundMode {
  readonly search: ModeSearch;
  readonly plan: ModePlan | null;
  readonly grid: ModeGrid;
  readonly observations: readonly Observation[];
}

/** Searches a source, then measures the default mode beside, so that the gain is known. */
export async function searchModes(source: ModeSource, request: ModeSearchRequest): Promise<FoundMode> {
  const { problem, probes, margin, seed, signal } = request;
  const grid = toModeGrid(source.gridSource, problem);
  const strategy = strategies[request.strategy]({
    grid,
    problem,
    probes,
    margin,
    random: seededRandom(hashSeed(seed, request.strategy)),
  });
  const measure = measureOn(source, grid, problem);
  const result = await search(strategy, measure, {
    signal,
    onProbe: () => request.onProbe(strategy.modesMeasured(), probes),
  });
  const observed = tablesOf({ observations: strategy.observations() }, grid);
  const holds = holdsOf(result.answer, source, grid, observed, request);
  const made = madeNow(seed);
  const { device } = source;
  const record = toModeSearch({
    problem,
    grid,
    result,
    tables: observed,
    strategy: request.strategy,
    highestProbes: probes,
    modesMeasured: strategy.modesMeasured(),
    margin,
    device,
    run: runOf(problem, source),
    baseline: signal.aborted ? null : await measureBaseline(problem, grid, source, measure),
    holds,
    made,
    synthetic: device.synthetic,
  });
  const choice = choiceOf(result.answer);
  const measured = { search: record, grid, observations: strategy.observations() };
  if (choice === null) return { ...measured, plan: null };
  const context = { device, workloads: source.workloads, tables: observed, margin };
  return { ...measured, plan: toModePlan(problem, choice, context, { made, synthetic: device.synthetic, holds }) };
}

function choiceOf(answer: ProblemAnswer): SingleChoice | null {
  return answer.status === "optimal" && answer.choice.kind !== "rate-schedule" ? answer.choice : null;
}

function holdsOf(
  answer: ProblemAnswer,
  { noise }: ModeSource,
  grid: ModeGrid,
  tables: ProblemTables,
  { problem, margin }: ModeSearchRequest,
): Holding | null {
  const choice = choiceOf(answer);
  if (choice === null) return null;
  const probability = holdingProbability({ problem, tables, noise, grid, choice });
  return { probability, margin, noise: Math.max(noise.time, noise.power), repeats: noise.repeats };
}

/** The best in the default mode; null when it breaks a budget, or cannot be measured. */
async function measureBaseline(
  problem: SingleProblem,
  grid: ModeGrid,
  { device }: ModeSource,
  measure: Measure,
): Promise<ModeChoice | null> {
  const { training, served, idle } = workloadsOf(problem);
  const observations = [];
  for (const mode of grid.names.keys()) {
    if (readGridRow(grid, mode).powerMode !== device.powerModes[0]!.name) continue;
    const runs: ModeRun[] = [
      ...(training === null ? [] : [{ mode, workload: training, batch: null }]),
      ...served.flatMap(({ workload, batches }) => batches.map((batch) => ({ mode, workload, batch }))),
      ...(idle ? [{ mode, workload: null, batch: null }] : []),
    ];
    for (const run of runs) {
      const outcome = await measure(run);
      if ("failed" in outcome) continue;
      observations.push({ run, timeSeconds: null, ...outcome });
    }
  }
  return baselineChoice(problem, tablesOf({ observations }, grid), device);
}

import { hashSeed, seededRandom } from "@partitune/numerics";
import type {
  Device,
  Fraction,
  Holding,
  Made,
  ModeChoice,
  ModePlan,
  ModeSearch,
  Profile,
  Workload,
} from "@partitune/schema";
import { baselineChoice } from "./baselineChoice.ts";
import type { SingleChoice, SingleProblem } from "./budgetUse.ts";
import { chooseHolding, defaultModeMargin } from "./chooseHolding.ts";
import { readGridRow } from "./gridRow.ts";
import { type HoldingInput, holdingProbability } from "./holdingProbability.ts";
import type { MeasurementNoise } from "./measurementNoise.ts";
import { type MeasureNamed, measureOn, runOf } from "./measureOn.ts";
import type { ProblemAnswer } from "./problems/answerProblem.ts";
import { search } from "./search.ts";
import { type StrategyName, strategies } from "./strategies/index.ts";
import type { Learn, ModeGrid, ModeRun, Observation, RunOutcome } from "./strategies/strategy.ts";
import { tablesOf } from "./strategies/tablesOf.ts";
import { toModeGrid } from "./toModeGrid.ts";
import { toModePlan } from "./toModePlan.ts";
import { toModeSearch } from "./toModeSearch.ts";
import { workloadsOf } from "./workloadsOf.ts";

/** Where the measurements of a search come from. */
export interface ModeSource {
  readonly device: Device;
  readonly workloads: readonly Workload[];
  /** What says which modes there are to choose from: the device, or what a profile holds. */
  readonly gridSource: Device | Profile;
  /** How one measurement scatters. */
  readonly noise: MeasurementNoise;
  readonly measure: MeasureNamed;
}

/** What is sought, and how. */
export interface ModeSearchRequest {
  readonly problem: SingleProblem;
  readonly strategy: StrategyName;
  /** Power modes that may be measured. */
  readonly probes: number;
  /** Part of each budget to leave free when choosing; when absent, the best choice that is likely enough to hold is taken. */
  readonly margin?: Fraction;
  /** How likely it must be, by default 0.98 each, which breaks budgets in less than half a percent on average. */
  readonly holding?: Fraction;
  readonly seed: string;
  readonly made: Made;
  /** For strategies that bring no model of their own. */
  readonly learn?: (grid: ModeGrid, problem: SingleProblem) => Learn;
  /** Ends the search before the next measurement; what was measured answers. */
  readonly signal?: AbortSignal;
  /** Told after each measurement how many modes are measured, and how many may be. */
  readonly onProbe?: (done: number, total: number) => void;
}

/** A search with the plan of its choice, which is null when there is none. */
export interface FoundMode {
  readonly search: ModeSearch;
  readonly plan: ModePlan | null;
  readonly grid: ModeGrid;
  readonly observations: readonly Observation[];
}

/**
 * Searches for the best power mode of a problem, then measures the default mode beside, so that the gain is known.
 *
 * @throws InputError when the problem or the number of probes makes no sense, or the strategy lacks what it needs; whatever `measure` throws
 * @example await searchModes(source, { problem, strategy: "roofline", probes: 15, seed: "1", made })
 */
export async function searchModes(source: ModeSource, request: ModeSearchRequest): Promise<FoundMode> {
  const { problem, probes, seed, signal, made, learn } = request;
  const searchMargin = request.margin ?? defaultModeMargin;
  const { device, workloads } = source;
  const grid = toModeGrid(source.gridSource, problem);
  const strategy = strategies[request.strategy]({
    grid,
    problem,
    probes,
    margin: searchMargin,
    random: seededRandom(hashSeed(seed, request.strategy)),
    ...(learn === undefined ? {} : { learn: learn(grid, problem) }),
  });
  const measure = measureOn(source.measure, workloads, grid, problem);
  const result = await search(strategy, measure, {
    onProbe: () => request.onProbe?.(strategy.modesMeasured(), probes),
    ...(signal === undefined ? {} : { signal }),
  });
  const observed = tablesOf({ observations: strategy.observations() }, grid);
  const evidence = { problem, tables: observed, noise: source.noise, grid };
  const { answer, margin, holds } = chooseFrom(result.answer, evidence, request);
  const record = toModeSearch({
    problem,
    grid,
    result: { ...result, answer, status: answer.status === "optimal" ? "feasible" : result.status },
    tables: observed,
    strategy: request.strategy,
    highestProbes: probes,
    modesMeasured: strategy.modesMeasured(),
    margin,
    device,
    run: runOf(problem, workloads),
    baseline: signal?.aborted === true ? null : await measureBaseline(problem, grid, source, measure),
    holds,
    made,
    synthetic: device.synthetic,
  });
  const choice = choiceOf(answer);
  const measured = { search: record, grid, observations: strategy.observations() };
  if (choice === null) return { ...measured, plan: null };
  const context = { device, workloads, tables: observed, margin: searchMargin };
  return { ...measured, plan: toModePlan(problem, choice, context, { made, synthetic: device.synthetic, holds }) };
}

function choiceOf(answer: ProblemAnswer): SingleChoice | null {
  return answer.status === "optimal" && answer.choice.kind !== "rate-schedule" ? answer.choice : null;
}

/** An answer, what it leaves free, and how likely it holds. */
interface Chosen {
  readonly answer: ProblemAnswer;
  readonly margin: Fraction;
  readonly holds: Holding | null;
}

/** By margin where one is given; else the best that is likely enough to hold, or by the usual margin where none is. */
function chooseFrom(answer: ProblemAnswer, evidence: HoldingInput, { margin, holding }: ModeSearchRequest): Chosen {
  const held = margin === undefined ? chooseHolding(evidence, holding) : null;
  if (held !== null) {
    const { choice, value, probability } = held;
    const chosen = { status: "optimal", choice, value, reasons: [] } as const;
    return { answer: chosen, margin: held.margin, holds: toHolding(probability, held.margin, evidence) };
  }
  const left = margin ?? defaultModeMargin;
  const choice = choiceOf(answer);
  if (choice === null) return { answer, margin: left, holds: null };
  return { answer, margin: left, holds: toHolding(holdingProbability({ ...evidence, choice }), left, evidence) };
}

function toHolding(probability: Fraction, margin: Fraction, { noise }: HoldingInput): Holding {
  return { probability, margin, noise: Math.max(noise.time, noise.power), repeats: noise.repeats };
}

/** The best in the default mode; null when it breaks a budget, or cannot be measured. */
async function measureBaseline(
  problem: SingleProblem,
  grid: ModeGrid,
  { device }: ModeSource,
  measure: (run: ModeRun) => Promise<RunOutcome>,
): Promise<ModeChoice | null> {
  const { training, served, idle } = workloadsOf(problem);
  const observations: Observation[] = [];
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

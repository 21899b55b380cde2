import { hashSeed, seededRandom } from "@partitune/numerics";
import type { Device, ModeProblem, Profile } from "@partitune/schema";
import {
  chooseHolding,
  defaultModeMargin,
  type LookUp,
  type MeasurementNoise,
  type ModeGrid,
  type ModeTables,
  type ProblemAnswer,
  type ProblemGroup,
  problemGroups,
  type SearchScore,
  type SingleProblem,
  type Strategy,
  scoreSearch,
  strategies,
  tableLookUp,
  tablesOf,
  toModeGrid,
} from "@partitune/solver";
import type { MakeLearner, OpenLearner } from "../learners.ts";
import type { EvaluationRequest } from "./evaluationRequest.ts";
import type { EvaluationTask, ProblemPlace } from "./evaluationTasks.ts";

/** The tables a seed is searched on, and another measurement of the same device to see whether choices hold. */
export interface SeedTables {
  readonly device: Device;
  /** What says which modes there are to choose from. */
  readonly gridSource: Device | Profile;
  readonly tables: ModeTables;
  readonly fresh: ModeTables | null;
}

/** The outcome of one search of a task. */
export interface ScoredPlace {
  readonly place: ProblemPlace;
  readonly score: SearchScore;
}

/** What is prepared once per seed. */
interface Prepared {
  readonly groups: readonly ProblemGroup[];
  readonly optima: Map<number, readonly (number | null)[]>;
  readonly noise: MeasurementNoise;
  readonly learner: MakeLearner | null;
  gridOf(problem: ModeProblem): ModeGrid;
  lookUpsOf(problem: ModeProblem): { readonly lookUp: LookUp; readonly fresh: LookUp | null };
}

/** A runner of tasks that keeps what it prepared for the seed it last saw: tasks come in the order of seeds. */
export function taskRunner(
  request: EvaluationRequest,
  loadSeed: (seed: number) => SeedTables,
  openedLearner: OpenLearner | null,
) {
  let current: { readonly seed: number; readonly prepared: Prepared } | undefined;
  return (task: EvaluationTask): readonly ScoredPlace[] => {
    if (current?.seed !== task.seed) {
      current = { seed: task.seed, prepared: prepare(request, loadSeed(task.seed), openedLearner) };
    }
    const { prepared } = current;
    return task.places.map((place) => ({ place, score: searchPlace(place, task, request, prepared) }));
  };
}

function searchPlace(
  [group, budget]: ProblemPlace,
  { strategy, probes, seed }: EvaluationTask,
  request: EvaluationRequest,
  prepared: Prepared,
): SearchScore {
  const { key, problems, optima } = prepared.groups[group]!;
  const problem = problems[budget]!;
  if (!prepared.optima.has(group)) prepared.optima.set(group, optima());
  const { lookUp, fresh } = prepared.lookUpsOf(problem);
  const grid = prepared.gridOf(problem);
  const search = strategies[strategy]({
    grid,
    ...(prepared.learner === null ? {} : { learn: prepared.learner(grid, problem) }),
    problem,
    probes,
    random: seededRandom(hashSeed(request.seed, strategy, seed, key, budget)),
    margin: request.margin ?? defaultModeMargin,
  });
  return scoreSearch(search, lookUp, prepared.optima.get(group)![budget]!, {
    ...(fresh === null ? {} : { fresh }),
    ...(request.margin === null ? { choose: (searched) => chooseLikely(searched, prepared.noise) } : {}),
  });
}

/** As `partitune search` chooses: the best that is likely enough to hold, else by the usual margin. */
function chooseLikely(searched: Strategy, noise: MeasurementNoise): ProblemAnswer {
  const { grid, problem } = searched.input;
  const tables = tablesOf({ observations: searched.observations() }, grid);
  const held = chooseHolding({ problem: problem as SingleProblem, tables, noise, grid });
  return held === null ? searched.answer() : { status: "optimal", choice: held.choice, value: held.value, reasons: [] };
}

function prepare(
  { grid, reference }: EvaluationRequest,
  { gridSource, tables, fresh }: SeedTables,
  openedLearner: OpenLearner | null,
): Prepared {
  const grids = new Map<string, ModeGrid>();
  const lookUps = new Map<ModeGrid, { readonly lookUp: LookUp; readonly fresh: LookUp | null }>();
  const gridOf = (problem: ModeProblem) => {
    const key = workloadsKey(problem);
    const found = grids.get(key) ?? toModeGrid(gridSource, problem);
    grids.set(key, found);
    return found;
  };
  return {
    groups: problemGroups(grid, tables),
    optima: new Map(),
    noise: tables.noise,
    gridOf,
    learner: openedLearner?.({ tables, workloads: reference }) ?? null,
    lookUpsOf: (problem) => {
      const modes = gridOf(problem);
      const found = lookUps.get(modes) ?? {
        lookUp: tableLookUp(tables, modes),
        fresh: fresh && tableLookUp(fresh, modes),
      };
      lookUps.set(modes, found);
      return found;
    },
  };
}

/** Problems of the same workloads have the same modes to choose from. */
function workloadsKey(problem: ModeProblem): string {
  switch (problem.kind) {
    case "training":
      return `training ${problem.training} ${problem.batches?.join() ?? ""}`;
    case "two-inferences":
      return `${problem.kind} ${problem.urgent.workload} ${problem.nonUrgent.workload}`;
    default:
      return `${problem.kind} ${problem.inference.workload}`;
  }
}

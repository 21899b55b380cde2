import { hashSeed, seededRandom } from "@partitune/numerics";
import type { ProblemGroup, StrategyName } from "@partitune/solver";
import type { EvaluationRequest } from "./evaluationRequest.ts";

/** A problem of the grid: which group, and which of its budgets. */
export type ProblemPlace = readonly [group: number, budget: number];

/** Searches that one thread does in one go. */
export interface EvaluationTask {
  /** Unique within the evaluation, and the same in every run of it. */
  readonly id: string;
  readonly strategy: StrategyName;
  readonly probes: number;
  readonly seed: number;
  readonly places: readonly ProblemPlace[];
}

/** Enough searches that handing them over costs nothing beside them, and few enough that little is lost by a stop. */
const searchesPerTask = 100;

/** Cuts an evaluation into tasks, seed after seed, as tables are made once for a seed; the groups of problems come from its grid. */
export function evaluationTasks(
  request: EvaluationRequest,
  groups: readonly Pick<ProblemGroup, "kind" | "problems">[],
): readonly EvaluationTask[] {
  const chunks = placesByKind(request, groups).flatMap((places) => cut(places, searchesPerTask));
  const seeds = Array.from({ length: request.seeds }, (_, seed) => seed);
  return seeds.flatMap((seed) =>
    request.strategies.flatMap((strategy) =>
      request.probes.flatMap((probes) =>
        chunks.map((places, i) => ({ id: `${strategy} ${probes} ${seed} ${i}`, strategy, probes, seed, places })),
      ),
    ),
  );
}

function placesByKind(
  { sample, seed }: EvaluationRequest,
  groups: readonly Pick<ProblemGroup, "kind" | "problems">[],
): readonly (readonly ProblemPlace[])[] {
  const places = groups.flatMap(({ problems }, group) => problems.map((_, budget): ProblemPlace => [group, budget]));
  const kinds = Map.groupBy(places, ([group]) => groups[group]!.kind);
  return [...kinds].map(([kind, all]) =>
    sample === null || sample >= all.length
      ? all
      : seededRandom(hashSeed(seed, kind)).shuffle(all).slice(0, sample).sort(inOrder),
  );
}

function inOrder([group, budget]: ProblemPlace, [otherGroup, otherBudget]: ProblemPlace): number {
  return group - otherGroup || budget - otherBudget;
}

function cut<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

import type { Random } from "@partitune/numerics";
import type { Evaluation, StartOptimiser, Variable } from "../../optimisers/optimiser.ts";
import { defineStrategy } from "../defineStrategy.ts";
import { geometryOf } from "../gridGeometry.ts";
import type { JudgedCandidate, Ledger } from "../ledger.ts";
import { nearestMode } from "../nearestMode.ts";
import type { ModeGrid, StartStrategy } from "../strategy.ts";

/** An optimiser to be let loose on modes. */
export interface GridOptimiser {
  readonly name: string;
  readonly start: StartOptimiser;
  /** What is minimised; as many numbers for every candidate. */
  readonly objectives: readonly ((candidate: JudgedCandidate) => number)[];
  readonly reason: string;
}

/**
 * A strategy that knows no model of its own: an optimiser over the levels of every dimension and the minibatches, to which the limits are
 * constraints. What is measured already is answered at once.
 */
export function overGrid({ name, start, objectives, reason }: GridOptimiser): StartStrategy {
  return defineStrategy({
    name,
    pruning: "none",
    start: ({ grid, random, probes }, ledger) => {
      const space = spaceOf(grid, ledger);
      const optimiser = start({ variables: space.variables, objectives: objectives.length, random });
      const known = ledger.judged.map((candidate) => toEvaluation(space.pointOf(candidate), candidate, objectives));
      if (known.length > 0) optimiser.tell(known);
      return () => {
        if (ledger.modesMeasured.size >= probes) return anyOpen(ledger, random); // other minibatches in modes measured
        for (;;) {
          const points = optimiser.ask();
          if (points.length === 0) return anyOpen(ledger, random);
          const candidate = points.map(space.candidateAt).find((index) => ledger.isOpen(index));
          const count = ledger.combinations.length;
          if (candidate !== undefined) {
            return { mode: Math.floor(candidate / count), combination: candidate % count, reason };
          }
          const judged = new Map(ledger.judged.map((item) => [item.mode * count + item.combination, item]));
          optimiser.tell(
            points.map((point) => {
              const index = space.candidateAt(point);
              const candidate = judged.get(index);
              return candidate === undefined
                ? unfinished(point, Math.floor(index / count), ledger, objectives.length)
                : toEvaluation(point, candidate, objectives);
            }),
          );
        }
      };
    },
  });
}

function anyOpen(ledger: Ledger, random: Random) {
  const open = ledger.openCandidates();
  const candidate = open[random.integer(open.length)]!;
  const count = ledger.combinations.length;
  return { mode: Math.floor(candidate / count), combination: candidate % count, reason: "drawn from what is left" };
}

/** Points of whole numbers, the level of each dimension and the place of each minibatch, and the candidates they stand for. */
function spaceOf(grid: ModeGrid, { jobs, combinations }: Ledger) {
  const { levels } = geometryOf(grid);
  const lists = [...levels, ...jobs.served.map(({ batches }) => batches)];
  const rows = new Map(grid.modes.map((mode, row) => [mode.join(), row]));
  const numbers = new Map(combinations.map((batches, combination) => [batches.join(), combination]));
  const nearest = nearestMode(grid);
  const variables: readonly Variable[] = lists.map(({ length }) => ({ low: 0, high: length - 1, kind: "integer" }));
  return {
    variables,
    candidateAt: (point: readonly number[]): number => {
      const values = point.map((place, d) => lists[d]![place]!);
      const mode = values.slice(0, levels.length);
      const row = rows.get(mode.join()) ?? nearest(mode, rows.values());
      return row * combinations.length + numbers.get(values.slice(levels.length).join())!;
    },
    pointOf: ({ mode, combination }: JudgedCandidate): readonly number[] =>
      [...grid.modes[mode]!, ...combinations[combination]!].map((value, d) => lists[d]!.indexOf(value)),
  };
}

/** The limits are constraints; what has no end is as bad as numbers can be. */
function toEvaluation(
  point: readonly number[],
  candidate: JudgedCandidate,
  objectives: GridOptimiser["objectives"],
): Evaluation {
  const { power, latency, load } = candidate.judgement.excess;
  const values = objectives.map((objective) => Math.min(Number.MAX_VALUE, objective(candidate)));
  return { point, objectives: values, constraints: [power, latency, load] };
}

/** A candidate that was given up: invalid when it could not be measured, or by as much over its budget as its hungriest run. */
function unfinished(
  point: readonly number[],
  mode: number,
  { table, problem }: Ledger,
  objectives: number,
): Evaluation {
  const budget =
    problem.kind === "training" ? problem.budgetWatts : "budget" in problem ? problem.budget?.watts : undefined;
  const watts = table.watts.map((column) => column[mode]!).filter((value) => value > 0);
  const excess = budget === undefined || watts.length === 0 ? Number.NaN : Math.max(...watts) / budget - 1;
  const value = excess > 0 ? Number.MAX_VALUE : Number.NaN;
  return { point, objectives: new Array<number>(objectives).fill(value), constraints: [excess, 0, 0] };
}

import type { Random } from "@partitune/numerics";
import { type Archive, defineOptimiser } from "./defineOptimiser.ts";
import { firstNew } from "./firstNew.ts";
import { keyOf } from "./keyOf.ts";
import type { OptimiserInput, StartOptimiser } from "./optimiser.ts";
import { polynomialMutation } from "./polynomialMutation.ts";
import { simulatedBinaryCrossover } from "./simulatedBinaryCrossover.ts";
import { type Survivor, survivors } from "./survivors.ts";
import { toVariable } from "./toVariable.ts";

/** How large a generation is. */
export interface Nsga2Options {
  /** Points kept, and asked for at a time; at least 2. */
  readonly population: number;
}

/** Children in a row that are known already, after which any new point will do. */
const mostChildren = 100;
/** As in the study that introduced it. */
const defaultPopulation = 100;

/**
 * NSGA-II: generations of points, bred from the better ones and sorted into fronts; crowded points of a front give way.
 *
 * @see K. Deb, A. Pratap, S. Agarwal and T. Meyarivan, A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II, IEEE Transactions on
 * Evolutionary Computation 6 (2002); a step costs O(n log n) for two objectives
 */
export const nsga2 = nsga2With({ population: defaultPopulation });

/** NSGA-II with generations of another size. @throws RangeError when the population is no whole number from 2 on */
export function nsga2With({ population }: Nsga2Options): StartOptimiser {
  if (!(Number.isInteger(population) && population >= 2)) {
    throw new RangeError(`expected a population of whole size from 2 on, got ${population}`);
  }
  return defineOptimiser({
    name: "nsga2",
    start: (input, archive) => {
      let parents: readonly Survivor[] = [];
      let seen = 0;
      return () => {
        const fresh = archive.evaluations.slice(seen);
        seen = archive.evaluations.length;
        parents = survivors([...parents.map(({ evaluation }) => evaluation), ...fresh], population);
        return generationOf(population, parents, input, archive);
      };
    },
  });
}

/** Distinct new points, as many as there are to be had: children while they are new, otherwise any. */
function generationOf(count: number, parents: readonly Survivor[], input: OptimiserInput, { isKnown }: Archive) {
  const { variables, random } = input;
  const points = new Map<number, readonly number[]>();
  const isOld = (point: readonly number[]) => isKnown(point) || points.has(keyOf(point));
  const anywhere = () => variables.map((variable) => toVariable(variable, random.next()));
  const child = parents.length < 2 ? anywhere : breed(parents, input);
  while (points.size < count) {
    const point = firstNew(child, isOld, mostChildren)[0] ?? firstNew(anywhere, isOld)[0];
    if (point === undefined) break;
    points.set(keyOf(point), point);
  }
  return [...points.values()];
}

/** Children, two of each pair of parents. */
function breed(parents: readonly Survivor[], { variables, random }: OptimiserInput): () => readonly number[] {
  const waiting: (readonly number[])[] = [];
  return () => {
    if (waiting.length === 0) {
      const pair = [pick(parents, random), pick(parents, random)] as const;
      waiting.push(...simulatedBinaryCrossover(pair, variables, random));
    }
    return polynomialMutation(waiting.pop()!, variables, random);
  };
}

/** The better of two drawn at random: by front, then the more alone. */
function pick(parents: readonly Survivor[], random: Random): readonly number[] {
  const [a, b] = [parents[random.integer(parents.length)]!, parents[random.integer(parents.length)]!];
  const better = a.rank !== b.rank ? a.rank < b.rank : a.distance >= b.distance;
  return (better ? a : b).evaluation.point;
}

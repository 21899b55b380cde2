import {
  boxesBeyond,
  compassSearch,
  expectedHypervolumeGain,
  normalCumulative,
  sobol,
  sobolDimensions,
} from "@partitune/numerics";
import { type GaussianParameters, type GaussianProcess, gaussianProcess } from "../gaussianProcess.ts";
import { bestOf } from "./bestOf.ts";
import { type Archive, defineOptimiser } from "./defineOptimiser.ts";
import { firstNew } from "./firstNew.ts";
import type { Evaluation, OptimiserInput, StartOptimiser, Variable } from "./optimiser.ts";
import { settle, span } from "./span.ts";
import { toVariable } from "./toVariable.ts";
import { violationOf } from "./violationOf.ts";

/** Points spread over the space before the first model: this many and two per variable. */
const firstPoints = 2;
/** Candidates that are looked at anywhere, and near each of the best points. */
const anywhere = 512;
const nearEach = 24;
const mostBest = 16;
/** Deviations of the steps away from the best points, relative to the ranges. */
const steps = [0.2, 0.06, 0.02] as const;
/** How far beyond the worst points the reference lies, relative to their range. */
const reach = 0.1;

/**
 * Bayesian optimisation: Gaussian processes of every objective and constraint, and the point of the largest expected gain of hypervolume,
 * times the probability that it keeps the constraints. With one objective that is the expected improvement.
 *
 * For some dozens of expensive evaluations; a question costs some 10 ms with 50 of them.
 *
 * @see M. Emmerich, A. Deutz and J. Klinkenberg, Hypervolume-based expected improvement, IEEE CEC 2011; J. R. Gardner et al., Bayesian
 * optimization with inequality constraints, ICML 2014
 */
export const bayesian = bayesianWith({});

/** Settings of Bayesian optimisation. */
export interface BayesianOptions {
  /** m worst values that still count, where they are known; otherwise a little beyond the worst points seen. */
  readonly reference?: readonly number[];
}

/** Bayesian optimisation of what is better than a reference point. */
export function bayesianWith({ reference }: BayesianOptions): StartOptimiser {
  return defineOptimiser({
    name: "bayesian",
    start: (input, archive) => {
      const spread = spreadPoints(input);
      const models = modeller(input.variables);
      let asked = 0;
      return () => {
        const valid = archive.evaluations.filter((evaluation) => !Number.isNaN(violationOf(evaluation)));
        if (asked < spread.length || valid.length < 2) {
          const rest = spread.slice(asked).find((point) => !archive.isKnown(point));
          asked = rest === undefined ? spread.length : spread.indexOf(rest) + 1;
          return rest === undefined ? anyNew(input, archive) : [rest];
        }
        const score = scoreBy(models(valid), valid, reference ?? referenceOf(valid));
        const best = bestNew(candidatesOf(input, valid), score, archive);
        if (best === null) return anyNew(input, archive);
        const climbed = climb(best, score, input.variables);
        return [archive.isKnown(climbed) ? best : climbed];
      };
    },
  });
}

function anyNew({ variables, random }: OptimiserInput, { isKnown }: Archive) {
  return firstNew(() => variables.map((variable) => toVariable(variable, random.next())), isKnown);
}

/** Randomly shifted Sobol points; of more variables than that sequence has, plainly random ones. */
function spreadPoints(input: OptimiserInput, count = firstPoints + 2 * input.variables.length) {
  const { variables, random } = input;
  const d = variables.length;
  const shares = d <= sobolDimensions ? sobol(count, d, { shift: random }) : null;
  return Array.from({ length: count }, (_, i) =>
    variables.map((variable, j) => toVariable(variable, shares?.[i * d + j] ?? random.next())),
  );
}

/** Fits a process to every objective and constraint, starting from where the last fit ended. */
function modeller(variables: readonly Variable[]) {
  const parameters: GaussianParameters[] = [];
  return (evaluations: readonly Evaluation[]) => {
    const points = evaluations.map(({ point }) => scale(point, variables));
    const columns = evaluations.map(({ objectives, constraints = [] }) => [...objectives, ...constraints]);
    const processes = columns[0]!.map((_, k) => {
      const process = gaussianProcess(
        points,
        columns.map((row) => row[k]!),
        parameters[k],
      );
      parameters[k] = process.parameters;
      return process;
    });
    return (point: readonly number[]) => processes.map(({ at }) => at(scale(point, variables)));
  };
}

function scale(point: readonly number[], variables: readonly Variable[]): number[] {
  return point.map((value, d) => {
    const [low, high] = span(variables[d]!);
    return high > low ? (value - low) / (high - low) : 0;
  });
}

/** Expected gain of hypervolume, times the probability of feasibility; the latter alone while nothing is feasible. */
function scoreBy(
  predict: (point: readonly number[]) => readonly ReturnType<GaussianProcess["at"]>[],
  evaluations: readonly Evaluation[],
  reference: readonly number[],
): (point: readonly number[]) => number {
  const m = reference.length;
  const best = bestOf(evaluations);
  const front = best.map(({ objectives }) => objectives);
  const isFeasible = violationOf(best[0]!) === 0;
  const boxes = boxesBeyond(front, reference);
  return (point) => {
    const predictions = predict(point);
    const constraints = predictions.slice(m);
    const probability = constraints.reduce(
      (product, { mean, variance }) => product * normalCumulative(-mean / Math.sqrt(variance || Number.MIN_VALUE)),
      1,
    );
    if (!isFeasible) return probability;
    const objectives = predictions.slice(0, m);
    const means = objectives.map(({ mean }) => mean);
    const deviations = objectives.map(({ variance }) => Math.sqrt(variance));
    return probability * expectedHypervolumeGain(boxes, means, deviations);
  };
}

/**
 * A little beyond the worst objectives of all feasible points; of the front alone would leave out what lies beyond a short front.
 */
function referenceOf(evaluations: readonly Evaluation[]): readonly number[] {
  const feasible = evaluations.filter((evaluation) => violationOf(evaluation) === 0);
  const rows = (feasible.length > 1 ? feasible : evaluations).map(({ objectives }) => objectives);
  return rows[0]!.map((_, j) => {
    const values = rows.map((row) => row[j]!);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return high + reach * (high - low || 1);
  });
}

/** Points anywhere, and around the best ones at several distances. */
function candidatesOf(input: OptimiserInput, evaluations: readonly Evaluation[]): readonly (readonly number[])[] {
  const { variables, random } = input;
  const centres = random.shuffle(bestOf(evaluations)).slice(0, mostBest);
  const around = centres.flatMap(({ point }) =>
    Array.from({ length: nearEach }, (_, k) =>
      point.map((value, d) => {
        const [low, high] = span(variables[d]!);
        return settle(variables[d]!, value + steps[k % steps.length]! * (high - low) * random.normal());
      }),
    ),
  );
  return [...spreadPoints(input, anywhere), ...around];
}

function bestNew(
  points: readonly (readonly number[])[],
  score: (point: readonly number[]) => number,
  { isKnown }: Archive,
): readonly number[] | null {
  let [chosen, most]: [readonly number[] | null, number] = [null, Number.NEGATIVE_INFINITY];
  for (const point of points) {
    if (isKnown(point)) continue;
    const value = score(point);
    if (value > most) [chosen, most] = [point, value];
  }
  return chosen;
}

/** Climbs to a nearby maximum of the score along the real variables; integer ones stay. */
function climb(
  start: readonly number[],
  score: (point: readonly number[]) => number,
  variables: readonly Variable[],
): readonly number[] {
  const toPoint = (shares: readonly number[]) =>
    variables.map(({ low, high, kind }, d) => (kind === "real" ? low + shares[d]! * (high - low) : start[d]!));
  const shares = scale(start, variables);
  const bounds = variables.map(({ kind }, d) =>
    kind === "real" ? ([0, 1] as const) : ([shares[d]!, shares[d]!] as const),
  );
  const { point } = compassSearch((at) => -score(toPoint(at)), shares, { bounds, step: 0.1, smallestStep: 0.005 });
  return toPoint(point);
}

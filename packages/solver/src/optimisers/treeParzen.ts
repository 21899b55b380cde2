import { defineOptimiser } from "./defineOptimiser.ts";
import { firstNew } from "./firstNew.ts";
import type { Evaluation, OptimiserInput } from "./optimiser.ts";
import { type Parzen, parzen } from "./parzen.ts";
import { survivors } from "./survivors.ts";
import { toVariable } from "./toVariable.ts";

/** Random points before the first model. */
const firstPoints = 10;
/** Part of the points that count as good, and how many at most. */
const goodPart = 0.15;
const mostGood = 25;
/** Points drawn per question, of which the best is asked for. */
const draws = 24;

/**
 * Tree-structured Parzen estimator: one density of the good points and one of the others; asked for is the point, among some drawn from
 * the first, that is most likelier under the first than under the second. Good is by constrained domination, then by being alone.
 *
 * @see J. Bergstra, R. Bardenet, Y. Bengio and B. Kégl, Algorithms for Hyper-Parameter Optimization, NeurIPS 2011; for several objectives
 * Y. Ozaki et al., Multiobjective Tree-Structured Parzen Estimator, JAIR 73 (2022), with crowding in place of hypervolume
 */
export const treeParzen = defineOptimiser({
  name: "tree-parzen",
  start: (input, { evaluations, isKnown }) => {
    const { variables, random } = input;
    const anywhere = () => variables.map((variable) => toVariable(variable, random.next()));
    return () => {
      const likely = evaluations.length < firstPoints ? null : likeliest(evaluations, input, isKnown);
      return likely === null ? firstNew(anywhere, isKnown) : [likely];
    };
  },
});

/** The new point, of some drawn, that is most likelier among the good than among the others; null when none drawn is new. */
function likeliest(
  evaluations: readonly Evaluation[],
  { variables, random }: OptimiserInput,
  isKnown: (point: readonly number[]) => boolean,
): readonly number[] | null {
  const sorted = survivors(evaluations, evaluations.length).map(({ evaluation }) => evaluation.point);
  const count = Math.min(mostGood, Math.ceil(goodPart * sorted.length));
  const good = estimate(sorted.slice(0, count), variables);
  const other = estimate(sorted.slice(count), variables);
  let [chosen, most]: [readonly number[] | null, number] = [null, Number.NEGATIVE_INFINITY];
  for (let k = 0; k < draws; k++) {
    const point = good.map((density) => density.draw(random));
    if (isKnown(point)) continue;
    const score = logDensity(good, point) - logDensity(other, point);
    if (score > most) [chosen, most] = [point, score];
  }
  return chosen;
}

function estimate(points: readonly (readonly number[])[], variables: OptimiserInput["variables"]): readonly Parzen[] {
  return variables.map((variable, d) =>
    parzen(
      variable,
      points.map((point) => point[d]!),
    ),
  );
}

function logDensity(densities: readonly Parzen[], point: readonly number[]): number {
  return densities.reduce((sum, density, d) => sum + density.logDensity(point[d]!), 0);
}

import { argsort } from "./argsort.ts";
import { type Points, pointMatrix } from "./pointMatrix.ts";

/**
 * How alone each point of a front is: the distance between its two neighbours along every objective, relative to the range of the front,
 * summed. The ends of the front are infinitely alone.
 *
 * @param points  rows of m finite numbers each; or n × m numbers, row-major, which are not changed
 * @param objectives  m
 * @returns n distances, without unit; an objective that does not vary adds nothing
 * @throws RangeError when rows differ in length or the array's length is no multiple of m
 * @see K. Deb, A. Pratap, S. Agarwal and T. Meyarivan, A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II (2002), section III-B
 */
export function crowdingDistances(points: Points, objectives: number): Float64Array {
  const matrix = pointMatrix(points, objectives);
  const n = matrix.length / objectives;
  const distances = new Float64Array(n);
  for (let j = 0; j < objectives; j++) {
    const values = Float64Array.from({ length: n }, (_, i) => matrix[i * objectives + j]!);
    const order = argsort(values);
    const range = n === 0 ? 0 : values[order[n - 1]!]! - values[order[0]!]!;
    if (!(range > 0)) continue;
    distances[order[0]!] = Number.POSITIVE_INFINITY;
    distances[order[n - 1]!] = Number.POSITIVE_INFINITY;
    for (let k = 1; k < n - 1; k++) distances[order[k]!]! += (values[order[k + 1]!]! - values[order[k - 1]!]!) / range;
  }
  return distances;
}

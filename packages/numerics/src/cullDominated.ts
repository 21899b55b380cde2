import { argsort } from "./argsort.ts";

const sampleSize = 1024;
const mostKillers = 16;
const leastGain = sampleSize / 128; // a killer that removes less of the sample costs more than it saves

/**
 * Removes most of the points that are clearly dominated, cheaply: points of a sample that dominate many others ("killers") are compared with
 * all points, and again with a sample of what is left while that removes a quarter or more.
 *
 * @param matrix  n × m, row-major
 * @param front  exact front of a few points, given and returned as indices
 * @returns indices, ascending, of a superset of the front; points with a NaN are left out
 */
export function cullDominated(
  matrix: Float64Array,
  objectives: number,
  front: (chosen: Uint32Array) => Uint32Array,
): Uint32Array {
  let left = withoutNaN(matrix, objectives);
  while (left.length > 2 * sampleSize) {
    const killers = chooseKillers(matrix, objectives, takeSample(left), front);
    const kept = killers.length === 0 ? left : notDominatedBy(killers, matrix, objectives, left);
    const done = kept.length > 0.75 * left.length;
    left = kept;
    if (done) break;
  }
  return left;
}

function withoutNaN(matrix: Float64Array, objectives: number): Uint32Array {
  const n = matrix.length / objectives;
  const valid = new Uint32Array(n);
  let count = 0;
  for (let i = 0; i < n; i++) {
    valid[count] = i;
    if (isValid(matrix, objectives, i * objectives)) count++;
  }
  return valid.subarray(0, count);
}

function isValid(matrix: Float64Array, m: number, at: number): boolean {
  for (let j = at; j < at + m; j++) if (Number.isNaN(matrix[j])) return false;
  return true;
}

function takeSample(left: Uint32Array): Uint32Array {
  const sample = new Uint32Array(sampleSize);
  for (let k = 0; k < sampleSize; k++) sample[k] = left[Math.floor((k * left.length) / sampleSize)]!;
  return sample;
}

/** Greedily, those of the sample's front that dominate the most points of the sample not dominated yet; none when the front is most of it. */
function chooseKillers(
  matrix: Float64Array,
  objectives: number,
  sample: Uint32Array,
  front: (chosen: Uint32Array) => Uint32Array,
): Uint32Array {
  let candidates = front(sample);
  if (candidates.length > sampleSize / 4) return new Uint32Array(0);
  let alive = sample;
  const killers: number[] = [];
  while (killers.length < mostKillers && candidates.length > 0) {
    const gains = Float64Array.from(candidates, (k) => -countDominated(k, matrix, objectives, alive));
    const order = argsort(gains);
    if (-gains[order[0]!]! < leastGain) break;
    const best = candidates[order[0]!]!;
    killers.push(best);
    alive = notDominatedBy(Uint32Array.of(best), matrix, objectives, alive);
    candidates = candidates.filter((k) => k !== best);
  }
  return Uint32Array.from(killers);
}

function countDominated(killer: number, matrix: Float64Array, objectives: number, points: Uint32Array): number {
  return points.length - notDominatedBy(Uint32Array.of(killer), matrix, objectives, points).length;
}

function notDominatedBy(killers: Uint32Array, matrix: Float64Array, m: number, points: Uint32Array): Uint32Array {
  const corners = new Float64Array(killers.length * m);
  killers.forEach((killer, k) => {
    corners.set(matrix.subarray(killer * m, killer * m + m), k * m);
  });
  const kept = new Uint32Array(points.length);
  let count = 0;
  for (let i = 0; i < points.length; i++) {
    const point = points[i]!;
    kept[count] = point;
    if (!isDominated(corners, matrix, m, point * m)) count++;
  }
  return kept.subarray(0, count);
}

function isDominated(corners: Float64Array, matrix: Float64Array, m: number, at: number): boolean {
  for (let k = 0; k < corners.length; k += m) {
    let j = 0;
    let equal = 0;
    for (; j < m; j++) {
      const gap = matrix[at + j]! - corners[k + j]!;
      if (gap < 0) break;
      if (!(gap > 0)) equal++;
    }
    if (j === m && equal < m) return true;
  }
  return false;
}

/** Points as rows of numbers, or as one row-major array of n × m numbers. */
export type Points = Float64Array | readonly (readonly number[])[];

/**
 * The points as one row-major array. A Float64Array is handed through as it is, not copied.
 *
 * @param objectives  m, numbers per point
 * @throws RangeError when a row has another length than m, or the array's length is no multiple of it
 */
export function pointMatrix(points: Points, objectives: number): Float64Array {
  if (!(Number.isInteger(objectives) && objectives >= 1)) {
    throw new RangeError(`points need at least one objective, got ${objectives}`);
  }
  if (points instanceof Float64Array) {
    if (points.length % objectives === 0) return points;
    throw new RangeError(`${points.length} numbers do not make whole points of ${objectives} objectives`);
  }
  const matrix = new Float64Array(points.length * objectives);
  points.forEach((row, i) => {
    if (row.length !== objectives) {
      throw new RangeError(`point ${i} has ${row.length} objectives, expected ${objectives}`);
    }
    matrix.set(row, i * objectives);
  });
  return matrix;
}

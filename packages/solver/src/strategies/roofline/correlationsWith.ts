/** Length over which smooth departures from the laws are alike; the range of each dimension is 1. */
const length = 0.6;
/**
 * Part of the departures' variance that belongs to single levels of single dimensions: regulators round voltages up to steps, and some
 * numbers of cores suit a workload, so that a level departs wherever it occurs.
 */
const levelPart = 0.4;

/**
 * Correlation of departures at one mode with those at every mode: squared-exponential exp(−½ (distance/length)²) for what is smooth, and
 * the part of the dimensions in which two modes have the same level for what belongs to levels.
 *
 * @param points  n × d coordinates
 * @returns a function from a row to n correlations
 * @see D. Duvenaud, H. Nickisch and C. E. Rasmussen, Additive Gaussian Processes, NIPS 2011
 */
export function correlationsWith(points: readonly (readonly number[])[]): (index: number) => Float64Array {
  return (index) => {
    const origin = points[index]!;
    return Float64Array.from(points, (point) => {
      let [square, same] = [0, 0];
      for (let d = 0; d < origin.length; d++) {
        const difference = point[d]! - origin[d]!;
        square += difference * difference;
        if (difference === 0) same++;
      }
      const smooth = Math.exp(-square / (2 * length ** 2));
      return (1 - levelPart) * smooth + (levelPart * same) / origin.length;
    });
  };
}

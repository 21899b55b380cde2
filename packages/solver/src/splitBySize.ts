import { poissonProbabilities } from "./poissonProbabilities.ts";

/** Splits requests whose turn has come by the size of the batch that serves them: size k + 1 at index k, by cell. */
export function splitBySize(arrived: Float64Array, maxBatch: number, meanPerCell: number): Float64Array[] {
  if (maxBatch === 1) return [arrived];
  const cells = arrived.length / maxBatch;
  const bySize = Array.from({ length: maxBatch }, () => new Float64Array(cells));
  for (let cell = 0; cell < cells; cell += 1) {
    const mean = meanPerCell * (cell + 0.5);
    const behind = mean - 9 * Math.sqrt(mean) > maxBatch ? new Float64Array(0) : poissonProbabilities(mean);
    for (let place = 0; place < maxBatch; place += 1) {
      const mass = arrived[cell * maxBatch + place]!;
      if (mass === 0) continue;
      let rest = mass;
      for (let k = place; k < maxBatch - 1 && k - place < behind.length; k += 1) {
        const part = mass * behind[k - place]!;
        bySize[k]![cell]! += part;
        rest -= part;
      }
      bySize[maxBatch - 1]![cell]! += Math.max(0, rest);
    }
  }
  return bySize;
}

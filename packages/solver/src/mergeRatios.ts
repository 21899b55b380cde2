/** How the time of a batch scatters: ratios to the median, each with its probability. */
export interface RatioNodes {
  readonly ratios: Float64Array;
  readonly weights: Float64Array;
}

/**
 * Quantiles of service ratios as few weighted nodes: neighbours are merged, those that differ least first. Mean and variance are
 * kept.
 *
 * @param quantiles  ratios at (i + 0.5)/n, all positive
 * @param most  most nodes wanted, ≥ 2
 */
export function mergeRatios(quantiles: readonly number[], most: number): RatioNodes {
  const sorted = Float64Array.from(quantiles).sort();
  let [low, high] = [1, (sorted[sorted.length - 1]! / sorted[0]!) * (1 + 1e-9)];
  let groups = groupWithin(sorted, low);
  for (let step = 0; groups.length > most || (step > 0 && step < 12); step += 1) {
    const spread = Math.sqrt(low * high);
    const tried = groupWithin(sorted, spread);
    if (tried.length > most) low = spread;
    else [high, groups] = [spread, tried];
  }
  const weights = Float64Array.from(groups, (group) => group.length / sorted.length);
  return { ratios: restoreVariance(Float64Array.from(groups, mean), weights, sorted), weights };
}

/** Consecutive runs whose largest member is at most `spread` times the smallest. */
function groupWithin(sorted: Float64Array, spread: number): Float64Array[] {
  const groups: Float64Array[] = [];
  for (let start = 0, i = 1; i <= sorted.length; i += 1) {
    if (i < sorted.length && sorted[i]! <= sorted[start]! * spread) continue;
    groups.push(sorted.subarray(start, i));
    start = i;
  }
  return groups;
}

/** Stretches the nodes about their mean, as merging has taken some variance away. */
function restoreVariance(ratios: Float64Array, weights: Float64Array, all: Float64Array): Float64Array {
  const centre = mean(all);
  const wanted = all.reduce((sum, ratio) => sum + (ratio - centre) ** 2, 0) / all.length;
  const kept = ratios.reduce((sum, ratio, j) => sum + weights[j]! * (ratio - centre) ** 2, 0);
  const stretch = kept > 0 ? Math.sqrt(wanted / kept) : 1;
  const stretched = ratios.map((ratio) => centre + (ratio - centre) * stretch);
  return stretched[0]! > 0 ? stretched : ratios;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

import type { StreamingQuantiles } from "@partitune/numerics";
import type { StreamTrace } from "@partitune/schema";

/** Every hundredth, and the tail in finer steps. */
const probabilities = [...Array.from({ length: 100 }, (_, i) => i / 100), 0.995, 0.999, 0.9999];

/**
 * Quantiles of response times, for pictures: no finer than the requests allow. The last but one point has at least one request above it, the
 * last is the slowest of all; none without requests.
 */
export function responseDistribution(whole: StreamingQuantiles): StreamTrace["distribution"] {
  if (whole.count === 0) return [];
  const told = probabilities.filter((p) => p === 0 || p <= 1 - 1 / whole.count);
  return [
    ...told.map((probability) => ({
      probability,
      seconds: probability === 0 ? whole.minimum : whole.quantile(probability),
    })),
    { probability: 1, seconds: whole.maximum },
  ];
}

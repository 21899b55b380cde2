import { cumulativeMaximum, interpolatedQuantile } from "@partitune/numerics";
import jStat from "jstat";
import type { ConfigurationRows } from "./aggregate.ts";
import { resultsOf } from "./metricValues.ts";

const percentiles = [
  { name: "p90", p: 0.9 },
  { name: "p95", p: 0.95 },
  { name: "p99", p: 0.99 },
  { name: "p999", p: 0.999 },
] as const;

/**
 * Quantiles of service time over its median, as far as measured percentiles tell.
 *
 * Per percentile the median over all measurements of log(percentile / median); between percentiles, and beyond the highest, log-normal. Nothing is
 * known below the median, so the lower half is taken as 1, which is on the safe side.
 *
 * @param size  number of quantiles at (i + 0.5)/size
 * @returns `[1]` when no measurement has a percentile above its median
 */
export function ratiosFromPercentiles(
  configurations: readonly ConfigurationRows[],
  size: number,
): { readonly ratios: number[]; readonly samples: number } {
  const results = configurations.flatMap(({ rows }) => resultsOf(rows));
  const known = percentiles.flatMap(({ name, p }) => {
    const logs = results.flatMap(({ latency }) => logRatio(latency[name]?.value, latency.p50?.value));
    if (logs.length === 0) return [];
    return [
      {
        z: jStat.normal.inv(p, 0, 1),
        log: interpolatedQuantile(
          logs.sort((a, b) => a - b),
          0.5,
        ),
      },
    ];
  });
  const samples = results.reduce((sum, result) => sum + result.samples, 0);
  if (known.length === 0) return { ratios: [1], samples };
  const zs = [0, ...known.map(({ z }) => z)];
  const logs = cumulativeMaximum([0, ...known.map(({ log }) => log)]);
  return {
    samples,
    ratios: Array.from({ length: size }, (_, i) => Math.exp(logAt(zs, logs, normalQuantile(i, size)))),
  };
}

function normalQuantile(i: number, size: number): number {
  return jStat.normal.inv((i + 0.5) / size, 0, 1);
}

function logRatio(percentile: number | undefined, median: number | undefined): number[] {
  return percentile !== undefined && median !== undefined && median > 0 && percentile > 0
    ? [Math.log(percentile / median)]
    : [];
}

/** On the line of the segment that holds z, the last segment going on; 0 below the median. */
function logAt(zs: readonly number[], logs: ArrayLike<number>, z: number): number {
  if (z <= 0) return 0;
  let i = 0;
  while (i < zs.length - 2 && z > zs[i + 1]) i++;
  return logs[i] + ((logs[i + 1] - logs[i]) * (z - zs[i])) / (zs[i + 1] - zs[i]);
}

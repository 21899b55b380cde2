import jStat from "jstat";
import { mean } from "./mean.ts";

/** How much smaller a model's loss was in one group of held-out samples, and which workloads met in it. */
export interface GroupGain {
  readonly gain: number;
  readonly workloads: readonly string[];
}

/** A mean gain, and how likely chance alone would have brought as much. */
export interface PairedGain {
  readonly mean: number;
  readonly standardError: number;
  /** One-sided probability of such a gain where there is none; 1 when it cannot be judged. */
  readonly p: number;
}

/**
 * Paired t test of a mean gain over groups.
 *
 * Groups in which a workload recurs are not independent: what suits it in one suits it in all. With `dyadic` the variance of the mean counts
 * the products of all pairs of groups that share a workload, (1/P²) Σ_p Σ_{q ~ p} d̃_p d̃_q, and there are as many degrees of freedom as workloads
 * less one; it is never below that of independent groups.
 *
 * @see M. Fafchamps and F. Gubert, The formation of risk sharing networks, Journal of Development Economics 83 (2007); P. Aronow, C. Samii and
 *   V. Assenova, Cluster-robust variance estimation for dyadic data, Political Analysis 23 (2015)
 */
export function pairedGain(groups: readonly GroupGain[], { dyadic }: { readonly dyadic: boolean }): PairedGain {
  const n = groups.length;
  const gains = groups.map(({ gain }) => gain);
  const average = mean(gains);
  const deviations = gains.map((gain) => gain - average);
  const independent = deviations.reduce((sum, value) => sum + value ** 2, 0) / (n * (n - 1));
  const workloads = new Set(groups.flatMap((group) => group.workloads)).size;
  const degrees = dyadic ? Math.min(n, workloads) - 1 : n - 1;
  if (n < 2 || degrees < 1) return { mean: average, standardError: Number.POSITIVE_INFINITY, p: 1 };
  const variance = dyadic ? Math.max(independent, sharedVariance(groups, deviations)) : independent;
  const standardError = Math.sqrt(variance);
  if (standardError === 0) return { mean: average, standardError, p: average > 0 ? 0 : 1 };
  return { mean: average, standardError, p: 1 - jStat.studentt.cdf(average / standardError, degrees) };
}

function sharedVariance(groups: readonly GroupGain[], deviations: readonly number[]): number {
  const n = groups.length;
  let sum = 0;
  for (let p = 0; p < n; p++)
    for (let q = 0; q < n; q++)
      if (groups[p].workloads.some((name) => groups[q].workloads.includes(name))) sum += deviations[p] * deviations[q];
  return sum / n ** 2;
}

import { stirlingError } from "./stirlingError.ts";

/**
 * Probability of exactly k successes in n independent trials, each succeeding with probability p.
 *
 * Relative error about 1e-13, for n to 1e15 and without underflow on the way.
 *
 * @param k  whole number; outside 0 … n the probability is 0
 * @param n  whole number ≥ 0
 * @param p  0 ≤ p ≤ 1
 * @see C. Loader, Fast and Accurate Computation of Binomial Probabilities (2000); O(1)
 */
export function binomialProbability(k: number, n: number, p: number): number {
  return probability(k, n, p, 1 - p);
}

/**
 * Probability of at most k successes. Summed term by term from k downwards (or as 1 minus the upper tail, whichever is the smaller), so small
 * tails keep their relative accuracy; O(√n).
 *
 * @param k  whole number; below 0 the probability is 0, from n on it is 1
 * @param n  whole number ≥ 0
 * @param p  0 ≤ p ≤ 1
 */
export function binomialAtMost(k: number, n: number, p: number): number {
  return k <= n * p ? lowerTail(k, n, p, 1 - p) : 1 - lowerTail(n - k - 1, n, 1 - p, p);
}

/** Probability of at least k successes; accuracy and parameters as `binomialAtMost`. */
export function binomialAtLeast(k: number, n: number, p: number): number {
  return k >= n * p ? lowerTail(n - k, n, 1 - p, p) : 1 - lowerTail(k - 1, n, p, 1 - p);
}

function lowerTail(k: number, n: number, p: number, q: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  if (p === 0) return 1;
  const odds = q / p;
  let term = 1;
  let sum = 1;
  for (let i = k; i > 0 && term > 1e-17 * sum; i--) {
    term *= (odds * i) / (n - i + 1);
    sum += term;
  }
  return Math.min(1, sum * probability(k, n, p, q));
}

function probability(k: number, n: number, p: number, q: number): number {
  if (k < 0 || k > n) return 0;
  if (p === 0 || q === 0) return k === (p === 0 ? 0 : n) ? 1 : 0;
  if (k === 0) return Math.exp(n * (p < 0.5 ? Math.log1p(-p) : Math.log(q)));
  if (k === n) return Math.exp(n * (q < 0.5 ? Math.log1p(-q) : Math.log(p)));
  const error = stirlingError(n) - stirlingError(k) - stirlingError(n - k);
  const exponent = error - deviance(k, n * p) - deviance(n - k, n * q);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * k * (n - k)));
}

/** x log(x / mean) + mean − x without cancellation: Loader's bd0, whose series is log(1 + 2v/(1 − v)) in v = (x − mean)/(x + mean). */
function deviance(x: number, mean: number): number {
  const gap = x - mean;
  const v = gap / (x + mean);
  if (Math.abs(v) > 0.1) return x * Math.log(x / mean) + mean - x;
  let sum = gap * v;
  let power = 2 * x * v;
  for (let j = 3; ; j += 2) {
    power *= v * v;
    const next = sum + power / j;
    if (next === sum) return sum;
    sum = next;
  }
}

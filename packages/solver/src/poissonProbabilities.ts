/** Probabilities below this part of the largest one are left out; together they stay under 1e-12. */
const negligible = 1e-15;

/**
 * Probabilities of a Poisson variable, from 0 up to where they stop mattering.
 *
 * Built outwards from the mode, so that large means neither underflow nor cancel.
 *
 * @param mean  expected count, ≥ 0
 * @returns probability of i events at index i; they add up to 1
 */
export function poissonProbabilities(mean: number): Float64Array {
  const mode = Math.floor(mean);
  const scratch = new Float64Array(Math.ceil(mode + 9 * Math.sqrt(mean + 1) + 20));
  scratch[mode] = 1;
  let [end, total] = [mode + 1, 1];
  for (let p = 1; p > negligible && end < scratch.length; end += 1) {
    p *= mean / end;
    scratch[end] = p;
    total += p;
  }
  for (let i = mode, p = 1; i > 0 && p > negligible; i -= 1) {
    p *= i / mean;
    scratch[i - 1] = p;
    total += p;
  }
  const probabilities = scratch.subarray(0, end);
  for (let i = 0; i < end; i += 1) probabilities[i]! /= total;
  return probabilities;
}

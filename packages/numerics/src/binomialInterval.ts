import { binomialAtLeast, binomialAtMost } from "./binomial.ts";

/**
 * Exact confidence interval of a probability, from successes in independent trials (Clopper–Pearson): it covers with at least the confidence asked
 * for, whatever the probability is.
 *
 * @param successes  whole number from 0 to trials
 * @param trials  whole number ≥ 1
 * @param confidence  0 < confidence < 1, by default 0.95
 * @returns the ends, correct to 1e-12; 0 or 1 themselves where all trials went one way
 * @throws RangeError when a parameter is out of range
 * @see C. Clopper, E. Pearson, The use of confidence or fiducial limits illustrated in the case of the binomial (1934); O(√trials)
 */
export function binomialInterval(
  successes: number,
  trials: number,
  confidence = 0.95,
): { readonly low: number; readonly high: number } {
  if (!(Number.isInteger(trials) && trials >= 1)) throw new RangeError(`trials must be from 1, got ${trials}`);
  if (!(Number.isInteger(successes) && successes >= 0 && successes <= trials))
    throw new RangeError(`successes must be from 0 to ${trials}, got ${successes}`);
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`confidence must be within 0 and 1, got ${confidence}`);
  const tail = (1 - confidence) / 2;
  const share = successes / trials;
  return {
    low: successes === 0 ? 0 : crossing(0, share, (p) => binomialAtLeast(successes, trials, p) > tail),
    high: successes === trials ? 1 : crossing(share, 1, (p) => binomialAtMost(successes, trials, p) <= tail),
  };
}

/** Where a condition that is false below and true above turns true. */
function crossing(below: number, above: number, holds: (p: number) => boolean): number {
  let low = below;
  let high = above;
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

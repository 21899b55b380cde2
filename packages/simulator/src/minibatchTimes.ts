import type { Random } from "@partitune/numerics";
import type { Fraction } from "@partitune/schema";

/** How the times of minibatches differ from what the plan expects. */
export interface TimeSpread {
  /** Standard deviation of the logarithm of a minibatch's time; its mean is what the plan expects. */
  readonly scatter: number;
  /** Each minibatch takes less than expected by up to this part, uniformly: within the expectation, but never steady. */
  readonly quicker: Fraction;
}

/** Draws the time of a minibatch relative to what is expected; exactly 1 without a spread. */
export function minibatchTimes({ scatter, quicker }: TimeSpread, random: Random): () => number {
  if (scatter === 0 && quicker === 0) return () => 1;
  const shift = -(scatter ** 2) / 2; // so that the mean of the lognormal distribution is 1
  return () => {
    const lognormal = scatter === 0 ? 1 : Math.exp(scatter * random.normal() + shift);
    return lognormal * (1 - quicker * random.next());
  };
}

import type { KernelKey, KernelProfile } from "@partitune/schema";

/**
 * How much times of one operation scatter from step to step: the coefficient of variation of each key that has an occurrence and at least two
 * samples, as a mean weighted by the time spent under the key; null when there is none.
 */
export function kernelSpread(keys: readonly KernelKey[]): KernelProfile["spread"] {
  const own = keys.filter(({ occurrence }) => occurrence !== null);
  return {
    executions: weightedVariation(own.map(({ executions }) => executions)),
    idles: weightedVariation(own.map(({ idles }) => idles)),
  };
}

/** Σ n s / Σ n m over keys of n samples with mean m and standard deviation s: the mean of s / m weighted by n m. */
function weightedVariation(keys: readonly (readonly number[])[]): number | null {
  let deviation = 0;
  let total = 0;
  for (const samples of keys) {
    const n = samples.length;
    if (n < 2) continue;
    const sum = samples.reduce((a, b) => a + b, 0);
    const squares = samples.reduce((a, b) => a + (b - sum / n) ** 2, 0);
    deviation += n * Math.sqrt(squares / (n - 1));
    total += sum;
  }
  return total === 0 ? null : deviation / total;
}

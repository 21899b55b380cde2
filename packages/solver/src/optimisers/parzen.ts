import { normalCumulative, normalDensity, type Random } from "@partitune/numerics";
import type { Variable } from "./optimiser.ts";
import { settle, span } from "./span.ts";

/** A density over one variable. */
export interface Parzen {
  /** Logarithm of the density, of an integer value of its probability. */
  logDensity(value: number): number;
  draw(random: Random): number;
}

/** Kernels are at least as wide as the range over their number, or over this where they are more. */
const mostKernels = 100;

/**
 * Parzen estimate of one variable: a normal kernel, cut off at the range, on every value, as wide as the farther of its two neighbours is
 * away; and one on the middle, as wide as the range, which keeps every value possible.
 *
 * @param values  any number of them, even none
 * @see J. Bergstra, R. Bardenet, Y. Bengio and B. Kégl, Algorithms for Hyper-Parameter Optimization, NeurIPS 2011, section 4
 */
export function parzen(variable: Variable, values: readonly number[]): Parzen {
  const [low, high] = span(variable);
  if (low === high) return { logDensity: () => 0, draw: () => low };
  const range = high - low;
  const centres = [...values, (low + high) / 2].sort((a, b) => a - b);
  const least = range / Math.min(mostKernels, 1 + centres.length);
  const kernels = centres.map((centre, k) => {
    const gap = Math.max(centre - (centres[k - 1] ?? low), (centres[k + 1] ?? high) - centre);
    return kernelOf(centre, Math.min(range, Math.max(least, gap)), low, high);
  });
  kernels[centres.indexOf((low + high) / 2)] = kernelOf((low + high) / 2, range, low, high);
  const half = variable.kind === "integer" ? 0.5 : 0;
  return {
    logDensity: (value) => {
      let sum = 0;
      for (const kernel of kernels)
        sum += half > 0 ? massOf(kernel, value - half, value + half) : densityOf(kernel, value);
      return Math.log(sum / kernels.length);
    },
    draw: (random) => {
      const { centre, width } = kernels[random.integer(kernels.length)]!;
      for (;;) {
        const value = centre + width * random.normal();
        if (value >= low && value <= high) return settle(variable, value);
      }
    },
  };
}

interface Kernel {
  readonly centre: number;
  readonly width: number;
  /** Part of it that lies in the range. */
  readonly inside: number;
}

function kernelOf(centre: number, width: number, low: number, high: number): Kernel {
  const inside = normalCumulative((high - centre) / width) - normalCumulative((low - centre) / width);
  return { centre, width, inside };
}

function densityOf({ centre, width, inside }: Kernel, value: number): number {
  return normalDensity((value - centre) / width) / (width * inside);
}

function massOf({ centre, width, inside }: Kernel, from: number, to: number): number {
  return (normalCumulative((to - centre) / width) - normalCumulative((from - centre) / width)) / inside;
}

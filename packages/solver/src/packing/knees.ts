/** A size and the rate it reaches. */
export interface SizedRate {
  readonly compute: number;
  readonly safeRate: number;
}

/** Least growth of the rate that makes a step count, as a ratio. */
const leastGrowth = 1.05;
/** Part of full speed that is nearly full. */
const nearlyFull = 0.95;

/**
 * Definitions of the size after which a larger piece pays little. Each takes sizes by rising compute, at least one, and returns one of them.
 *
 * - `steepest`: the upper end of the step that gains most rate per unit of compute, among steps that gain 5 %; the smallest when none does
 * - `curvature`: the inner point where the curve, both axes scaled to 1, bends most (iGniter's gpu-let baseline)
 * - `nearly-full`: the smallest size that reaches 95 % of the highest rate
 *
 * @see gpulet (Choi et al., ATC 2022) for the first, iGniter (Xu et al., TPDS 2023) for the second
 */
export const knees = { steepest, curvature, "nearly-full": smallestNearlyFull } as const;

export type KneeName = keyof typeof knees;

function steepest<Size extends SizedRate>(sizes: readonly Size[]): Size {
  let [best, slope] = [sizes[0]!, 0];
  for (const [i, high] of sizes.entries()) {
    const low = sizes[i - 1];
    if (low === undefined || high.safeRate < leastGrowth * low.safeRate || high.compute <= low.compute) continue;
    const own = (high.safeRate - low.safeRate) / (high.compute - low.compute);
    if (own > slope) [best, slope] = [high, own];
  }
  return best;
}

/** Curvature of a point: that of the circle through it and its neighbours (Menger), counted only where the curve bends down. */
function curvature<Size extends SizedRate>(sizes: readonly Size[]): Size {
  const [first, last] = [sizes[0]!, sizes.at(-1)!];
  const top = Math.max(...sizes.map(({ safeRate }) => safeRate));
  const points = sizes.map(({ compute, safeRate }) => [compute / last.compute, safeRate / top] as const);
  let [best, most] = [first, 0];
  for (let i = 1; i < points.length - 1; i += 1) {
    const [a, b, c] = [points[i - 1]!, points[i]!, points[i + 1]!];
    const turn = (b[1] - a[1]) * (c[0] - a[0]) - (b[0] - a[0]) * (c[1] - a[1]);
    const own = (2 * turn) / (distance(a, b) * distance(b, c) * distance(a, c));
    if (own > most) [best, most] = [sizes[i]!, own];
  }
  return best;
}

function distance(a: readonly [number, number], b: readonly [number, number]): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

function smallestNearlyFull<Size extends SizedRate>(sizes: readonly Size[]): Size {
  const top = Math.max(...sizes.map(({ safeRate }) => safeRate));
  return sizes.find(({ safeRate }) => safeRate >= nearlyFull * top)!;
}

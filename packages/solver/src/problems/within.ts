/** Rounding that a sum of a few times may carry, relative to them: a window that fits exactly must fit. */
export const roundingTolerance = 1e-9;

/** Whether an amount keeps a limit, up to rounding. */
export function within(used: number, allowed: number): boolean {
  return used <= allowed + roundingTolerance * Math.abs(allowed);
}

/** The largest whole number not above x, up to rounding. */
export function floorWithin(x: number): number {
  return Math.floor(x + roundingTolerance);
}

/** The least whole number not below x, up to rounding. */
export function ceilWithin(x: number): number {
  return Math.ceil(x - roundingTolerance);
}

import { stirlingError } from "./stirlingError.ts";

/** log n! for whole n ≥ 0, by Stirling's formula with its error term; relative error below 1e-14. */
export function logFactorial(n: number): number {
  return n < 2 ? 0 : 0.5 * Math.log(2 * Math.PI * n) + n * (Math.log(n) - 1) + stirlingError(n);
}

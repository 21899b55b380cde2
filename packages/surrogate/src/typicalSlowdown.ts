import { interpolatedQuantile } from "@partitune/numerics";
import type { InterferenceSample } from "./interferenceSample.ts";

/** Median of measured slowdowns, at least 1: the constant of least mean absolute error. */
export function typicalSlowdown(samples: readonly InterferenceSample[]): number {
  const sorted = samples.map(({ slowdown }) => slowdown).sort((a, b) => a - b);
  return Math.max(1, interpolatedQuantile(sorted, 0.5));
}

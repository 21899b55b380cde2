import type { Variable } from "./optimiser.ts";

/** The range of a variable as a stretch of real numbers, which for an integer one reaches half a step beyond both ends. */
export function span({ low, high, kind }: Variable): readonly [low: number, high: number] {
  return kind === "integer" ? [low - 0.5, high + 0.5] : [low, high];
}

/** The value of a variable nearest to a real number. */
export function settle({ low, high, kind }: Variable, value: number): number {
  return Math.min(high, Math.max(low, kind === "integer" ? Math.round(value) : value));
}

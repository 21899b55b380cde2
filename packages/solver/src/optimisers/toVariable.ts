import type { Variable } from "./optimiser.ts";

/** Puts a share of a variable's range, 0 to 1, on the variable: equally many shares for every whole number of an integer one. */
export function toVariable({ low, high, kind }: Variable, share: number): number {
  if (kind === "integer") return Math.min(high, low + Math.floor(share * (high - low + 1)));
  return low + share * (high - low);
}

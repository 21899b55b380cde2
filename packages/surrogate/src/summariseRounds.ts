import { interpolatedQuantile } from "@partitune/numerics";
import { mean } from "./mean.ts";

/** One metric of one configuration over the rounds. */
export interface RoundSummary {
  /** Median over the rounds. */
  readonly value: number;
  /** Standard deviation of the logarithm between rounds; null for one round. */
  readonly logSpread: number | null;
  readonly rounds: number;
}

/**
 * Sums up what the rounds measured.
 *
 * @param values  positive, one per round or more; their order does not matter
 */
export function summariseRounds(values: readonly number[]): RoundSummary {
  const sorted = values.toSorted((a, b) => a - b);
  return { value: interpolatedQuantile(sorted, 0.5), logSpread: logSpread(sorted), rounds: sorted.length };
}

function logSpread(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const logs = values.map(Math.log);
  const centre = mean(logs);
  return Math.sqrt(logs.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (logs.length - 1));
}

import type { RoundSummary } from "./summariseRounds.ts";

/** The spread of three rounds is a guess; all rows together count as this many rounds more. */
const priorRounds = 4;

/**
 * How much each row can be trusted, from the spread between its rounds.
 *
 * The variance of a row is that of its rounds, drawn towards the variance pooled over all rows, over their number. A model errs too, by an
 * unknown amount that is taken to be as large as the average row's: so a precise row gets at most twice the average weight, and
 * a noisy one loses without limit.
 *
 * @returns positive weights of mean 1; all 1 where no configuration was measured twice
 */
export function rowWeights(rows: readonly RoundSummary[]): number[] {
  const freedom = rows.map(({ rounds }) => rounds - 1);
  const squares = rows.map(({ logSpread }, i) => freedom[i] * (logSpread ?? 0) ** 2);
  const pooled = sum(squares) / sum(freedom);
  if (!(pooled > 0)) return rows.map(() => 1);
  const variances = rows.map(
    ({ rounds }, i) => (priorRounds * pooled + squares[i]) / (priorRounds + freedom[i]) / rounds,
  );
  const average = sum(variances) / rows.length;
  const raw = variances.map((variance) => 1 / (average + variance));
  const scale = rows.length / sum(raw);
  return raw.map((weight) => weight * scale);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

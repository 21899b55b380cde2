/**
 * Standard error of a ratio Σ amounts / Σ sizes over independent sections of unequal size, such as a mean response time, or the part of
 * the requests above a limit.
 *
 * @param amounts  one per section
 * @param sizes  one per section, some of them positive
 * @returns in the unit of the ratio; 0 for a single section
 * @see W. G. Cochran, Sampling Techniques (1977), equation 6.13, without the correction for finite populations
 */
export function ratioError(amounts: readonly number[], sizes: readonly number[]): number {
  const m = amounts.length;
  if (m < 2) return 0;
  const size = sum(sizes) / m;
  const ratio = sum(amounts) / sum(sizes);
  const squares = amounts.map((amount, i) => (amount - ratio * sizes[i]!) ** 2);
  return Math.sqrt(sum(squares) / (m * (m - 1))) / size;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

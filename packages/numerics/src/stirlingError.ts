/**
 * The error of Stirling's approximation: log n! − log(√(2πn) (n/e)^n), for whole n ≥ 0 (0 at n = 0 by convention).
 *
 * Absolute error below 1e-15. It lets binomial and Poisson probabilities be formed without subtracting huge logarithms.
 *
 * @see C. Loader, Fast and Accurate Computation of Binomial Probabilities (2000), section 2
 */
export function stirlingError(n: number): number {
  return n < small.length ? small[n]! : series(n);
}

function series(n: number): number {
  const s = 1 / (n * n);
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - s / 1188) * s) * s) * s) / n;
}

const small = tabulate(16);

/** Downwards from the series, since stirlingError(n) − stirlingError(n + 1) = (n + 1/2) log(1 + 1/n) − 1. */
function tabulate(size: number): Float64Array {
  const table = new Float64Array(size);
  let error = series(size);
  for (let n = size - 1; n > 0; n--) {
    error += (n + 0.5) * Math.log1p(1 / n) - 1;
    table[n] = error;
  }
  return table;
}

/** A symmetric positive definite matrix A = LLᵀ, decomposed. */
export interface Cholesky {
  /** x of Ax = b. */
  solve(b: ArrayLike<number>): Float64Array;
  /** The quadratic form bᵀA⁻¹b. */
  inverseForm(b: ArrayLike<number>): number;
  /** ln det A. */
  readonly logDeterminant: number;
}

/**
 * Decomposes a symmetric positive definite matrix.
 *
 * @param A  n × n, row-major; only the lower triangle is read
 * @throws RangeError when it is not positive definite
 * @see G. H. Golub and C. F. Van Loan, Matrix Computations (2013), algorithm 4.2.1
 */
export function cholesky(A: Float64Array, n: number): Cholesky {
  const L = A.slice();
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = L[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= L[i * n + k]! * L[j * n + k]!;
      if (i === j && !(sum > 0)) throw new RangeError(`the matrix is not positive definite at row ${i}`);
      L[i * n + j] = i === j ? Math.sqrt(sum) : sum / L[j * n + j]!;
    }
  }
  /** Solves Ly = b. */
  const halfSolve = (b: ArrayLike<number>, y: Float64Array) => {
    for (let i = 0; i < n; i++) {
      let sum = b[i]!;
      for (let k = 0; k < i; k++) sum -= L[i * n + k]! * y[k]!;
      y[i] = sum / L[i * n + i]!;
    }
    return y;
  };
  const solve = (b: ArrayLike<number>) => {
    const x = halfSolve(b, new Float64Array(n));
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) x[i]! -= L[k * n + i]! * x[k]!;
      x[i]! /= L[i * n + i]!;
    }
    return x;
  };
  const scratch = new Float64Array(n);
  const inverseForm = (b: ArrayLike<number>) => {
    let sum = 0;
    for (const value of halfSolve(b, scratch)) sum += value * value;
    return sum;
  };
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) logDeterminant += 2 * Math.log(L[i * n + i]!);
  return { solve, inverseForm, logDeterminant };
}

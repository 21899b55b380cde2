import { dot } from "./dot.ts";

/**
 * The k ≥ 0 that minimises ‖Ak − b‖², by the active-set method.
 *
 * Meant for a handful of columns: it works on the normal equations, with columns scaled to unit length. Of columns that depend on
 * each other the later ones get 0.
 *
 * @param A  m × n, a row per equation
 * @param b  m right-hand sides
 * @returns n coefficients
 * @see C. L. Lawson and R. J. Hanson, Solving Least Squares Problems (1974), chapter 23, algorithm NNLS
 */
export function nonNegativeLeastSquares(A: readonly (readonly number[])[], b: readonly number[]): number[] {
  const columns = A[0].map((_, j) => A.map((row) => row[j]));
  const scales = columns.map((values) => Math.sqrt(dot(values, values)) || 1);
  const gram = columns.map((p, i) => columns.map((q, j) => dot(p, q) / (scales[i] * scales[j])));
  const target = columns.map((values, j) => dot(values, b) / scales[j]);
  return activeSet(gram, target, smallestGradient * Math.sqrt(dot(b, b))).map((value, j) => value / scales[j]);
}

/** Gradients below this part of ‖b‖ are rounding errors. */
const smallestGradient = 1e-11;
/** Squared sine of the angle between a column and the span of the others below which it counts as dependent. */
const smallestPivot = 1e-10;

function activeSet(gram: readonly (readonly number[])[], target: readonly number[], tolerance: number): number[] {
  let k = target.map(() => 0);
  let active: number[] = [];
  const refused = new Set<number>();
  for (;;) {
    const entering = steepest(gram, target, k, (j) => active.includes(j) || refused.has(j));
    if (entering.gradient <= tolerance) return k;
    const step = descend(gram, target, k, [...active, entering.index]);
    if (step === undefined) {
      refused.add(entering.index);
      continue;
    }
    ({ k, active } = step);
    refused.clear();
  }
}

function steepest(
  gram: readonly (readonly number[])[],
  target: readonly number[],
  k: readonly number[],
  isExcluded: (index: number) => boolean,
): { readonly index: number; readonly gradient: number } {
  let best = { index: -1, gradient: Number.NEGATIVE_INFINITY };
  for (let index = 0; index < k.length; index++) {
    if (isExcluded(index)) continue;
    const gradient = target[index] - dot(gram[index], k);
    if (gradient > best.gradient) best = { index, gradient };
  }
  return best;
}

/**
 * Least squares on the active columns; while some coefficient is not positive, moves as far as feasible and drops the columns
 * that reach 0. Undefined when the entering (last) column depends on the others or gains nothing.
 */
function descend(
  gram: readonly (readonly number[])[],
  target: readonly number[],
  start: readonly number[],
  candidates: readonly number[],
): { k: number[]; active: number[] } | undefined {
  let k = start.slice();
  let active = candidates.slice();
  for (let first = true; ; first = false) {
    const solved = solve(gram, target, active);
    if (solved === undefined || (first && solved[active.length - 1] <= 0)) return undefined;
    const goal = target.map(() => 0);
    for (const [i, j] of active.entries()) goal[j] = solved[i];
    const blocking = active.filter((j) => goal[j] <= 0);
    if (blocking.length === 0) return { k: goal, active };
    const reach = Math.min(...blocking.map((j) => k[j] / (k[j] - goal[j])));
    k = k.map((value, j) => value + reach * (goal[j] - value));
    active = active.filter((j) => goal[j] > 0 || k[j] > reachedZero);
    for (const j of candidates) if (!active.includes(j)) k[j] = 0;
  }
}

const reachedZero = 1e-15;

/** Solves the normal equations of some columns by Cholesky's decomposition; undefined when they depend on each other. */
function solve(
  gram: readonly (readonly number[])[],
  target: readonly number[],
  active: readonly number[],
): number[] | undefined {
  const n = active.length;
  const lower: number[][] = [];
  const solution: number[] = [];
  for (let i = 0; i < n; i++) {
    const row: number[] = [];
    for (let j = 0; j < i; j++) row.push((gram[active[i]][active[j]] - dot(row, lower[j], j)) / lower[j][j]);
    const pivot = gram[active[i]][active[i]] - dot(row, row);
    if (pivot < smallestPivot) return undefined;
    row.push(Math.sqrt(pivot));
    lower.push(row);
    solution.push((target[active[i]] - dot(row, solution, i)) / row[i]);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) solution[i] -= lower[j][i] * solution[j];
    solution[i] /= lower[i][i];
  }
  return solution;
}

import { z } from "zod";
import { type AmdahlLaw, amdahlLaw, fitAmdahl, prepareAmdahl } from "./amdahlLaw.ts";
import type { FeatureRow } from "./features.ts";

/** t = max(floor, Amdahl's law); a floor of 0 is Amdahl's law alone. */
export type LaunchBoundLaw = {
  readonly floor: number;
  readonly law: AmdahlLaw;
};

export const launchBoundLaw = z.object({ floor: z.number().nonnegative(), law: amdahlLaw });

type Candidate = LaunchBoundLaw & {
  /** Σ (log t − log law)². */
  readonly squares: number;
};

/**
 * Fits a floor under Amdahl's law: launching a network's kernels takes a time that neither share nor batch changes, and overlaps with
 * computing, so that small batches all take as long as launching does.
 *
 * Alternates between the two: rows that the law puts under the floor decide the floor, the others the law. Started from several floors; the best is
 * taken when it lowers Schwarz's criterion against no floor.
 *
 * @param parent  a fit to more rows; its floor is then the only start
 */
export function fitLaunchBound(
  X: readonly FeatureRow[],
  y: readonly number[],
  weights: readonly number[],
  parent?: LaunchBoundLaw,
): LaunchBoundLaw {
  const law = fitAmdahl(X, y, weights);
  const plain: Candidate = { floor: 0, law, squares: squaresOf({ floor: 0, law }, X, y) };
  const floors = parent === undefined ? startingFloors(y) : [parent.floor].filter((floor) => floor > 0);
  const bent = floors.flatMap((floor) => alternate(X, y, weights, floor) ?? []);
  const best = bent.reduce((a, b) => (b.squares < a.squares ? b : a), plain);
  const isWorthIt = schwarz(best.squares, y.length) + Math.log(y.length) < schwarz(plain.squares, y.length);
  const { floor, law: chosen } = isWorthIt ? best : plain;
  return { floor, law: chosen };
}

export function prepareLaunchBound({ floor, law }: LaunchBoundLaw): (row: FeatureRow) => number {
  const amdahl = prepareAmdahl(law);
  return (row) => Math.max(floor, amdahl(row));
}

/** Low and middling targets: a floor that lies above most rows is no law. */
function startingFloors(y: readonly number[]): number[] {
  const sorted = y.toSorted((a, b) => a - b);
  return [0.1, 0.25, 0.4, 0.6].map((part) => justAbove * sorted[Math.floor(part * (y.length - 1))]);
}

const justAbove = 1.05;
const mostRounds = 8;

function alternate(
  X: readonly FeatureRow[],
  y: readonly number[],
  weights: readonly number[],
  start: number,
): Candidate | undefined {
  let best: Candidate | undefined;
  let isUnder = y.map((value) => value < start);
  for (let round = 0; round < mostRounds; round++) {
    const above = [...y.keys()].filter((i) => !isUnder[i]);
    const under = [...y.keys()].filter((i) => isUnder[i]);
    if (above.length < 2 || under.length === 0) return best;
    const law = fitAmdahl(
      above.map((i) => X[i]),
      above.map((i) => y[i]),
      above.map((i) => weights[i]),
    );
    const floor = Math.exp(under.reduce((sum, i) => sum + Math.log(y[i]), 0) / under.length);
    const squares = squaresOf({ floor, law }, X, y);
    if (best !== undefined && squares >= best.squares) return best;
    best = { floor, law, squares };
    const amdahl = prepareAmdahl(law);
    isUnder = X.map((row) => amdahl(row) < floor);
  }
  return best;
}

function squaresOf(law: LaunchBoundLaw, X: readonly FeatureRow[], y: readonly number[]): number {
  const predict = prepareLaunchBound(law);
  return X.reduce((sum, row, i) => sum + Math.log(y[i] / predict(row)) ** 2, 0);
}

/** n·log of the mean square; a relative error under 1e-5 counts as none. */
function schwarz(squares: number, n: number): number {
  return n * Math.log(squares / n + 1e-10);
}

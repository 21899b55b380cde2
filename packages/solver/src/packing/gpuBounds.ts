import type { Highs } from "highs";
import type { Choices } from "./choices.ts";
import { type Column, solveLinear } from "./linearModel.ts";

/** Far more than a model of a few thousand columns takes. */
const timeLimitSeconds = 60;

/**
 * Cards that the slices alone require: each service's rate at its best rate per compute unit, over the units of a card. Valid under every
 * rule, with and without turns.
 */
export function computeBound({ problem: { card }, services }: Choices): number {
  const units = services.map(
    ({ need, best }) => need * Math.min(...best.map(({ safeRate, compute }) => compute / safeRate)),
  );
  return units.reduce((sum, each) => sum + each, 0) / card.compute;
}

/**
 * Cards that the rates require when pieces and cards may be divided at will. Valid under every rule, with and without turns: tenants that
 * take turns have each a part of the piece's time, and answer at most that part of their safe rates.
 *
 * @returns the compute bound when the card's patterns are too many to list
 */
export function relaxationBound(highs: Highs, choices: Choices): number {
  const { patterns, pieces } = choices.problem.card;
  if (patterns === null || choices.services.length === 0) return computeBound(choices);
  const cut = patterns.map(
    (pattern): Column => ({
      cost: 1,
      whole: false,
      entries: pattern.flatMap((count, t) => (count > 0 ? [[t, count] as const] : [])),
    }),
  );
  const run = choices.services.flatMap(({ best }, i) =>
    best.map(
      ({ index, safeRate }): Column => ({
        cost: 0,
        whole: false,
        entries: [
          [index, -1],
          [pieces.length + i, safeRate],
        ],
      }),
    ),
  );
  const rowBounds = [...pieces.map(() => 0), ...choices.services.map(({ need }) => need)];
  const { optimal, bound } = solveLinear(highs, { columns: [...cut, ...run], rowBounds }, timeLimitSeconds);
  return optimal ? bound : computeBound(choices);
}

/** The least whole number of cards that a bound allows, rounding of the solver taken off. */
export function wholeCards(bound: number): number {
  return Math.max(0, Math.ceil(bound - 1e-6));
}

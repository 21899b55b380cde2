import { InputError } from "@partitune/schema";
import type { QuantilePair, QuantilePoint } from "./quantileFront.ts";

/** What the user wants of filling: this pair of quantiles, or the most work with delays of at most so many ns in every held-out step. */
export type FillingWish = QuantilePair | { readonly longestDelay: number };

export type FillingChoice =
  | { readonly status: "chosen"; readonly choice: QuantilePoint }
  | { readonly status: "none"; readonly reason: string };

/**
 * The pair of quantiles that a user's own wish picks from a front. There is no default wish.
 *
 * Of equal work the least delay is taken, then the more careful pair: lower idle times, higher execution times.
 *
 * @param front  at least one point
 * @throws InputError when the wish names a pair that the front does not have, or a negative delay
 */
export function chooseFilling(front: readonly QuantilePoint[], wish: FillingWish): FillingChoice {
  if ("longestDelay" in wish) return mostWork(front, wish.longestDelay);
  const { executionQuantile, idleQuantile } = wish;
  const choice = front.find(
    ({ point }) => point.executionQuantile === executionQuantile && point.idleQuantile === idleQuantile,
  );
  if (choice !== undefined) return { status: "chosen", choice };
  throw new InputError({
    what: `quantiles ${executionQuantile} of execution times and ${idleQuantile} of idle times`,
    problem: "were not tried",
    advice: `choose among ${front.map(({ point }) => `${point.executionQuantile} and ${point.idleQuantile}`).join(", ")}`,
  });
}

function mostWork(front: readonly QuantilePoint[], longestDelay: number): FillingChoice {
  if (!(longestDelay >= 0))
    throw new InputError({
      what: '"longestDelay"',
      problem: `is ${longestDelay}`,
      advice: "give a time in ns, at least 0",
    });
  const able = front.filter(({ expected }) => expected.delay.longest <= longestDelay).sort(byWork);
  if (able.length > 0) return { status: "chosen", choice: able[0]! };
  const least = Math.min(...front.map(({ expected }) => expected.delay.longest));
  return {
    status: "none",
    reason: `every pair of quantiles delayed a held-out step by more than ${longestDelay / 1000} µs, the most careful by ${least / 1000} µs`,
  };
}

function byWork({ point: a }: QuantilePoint, { point: b }: QuantilePoint): number {
  return (
    b.lowWork - a.lowWork ||
    a.delay - b.delay ||
    a.idleQuantile - b.idleQuantile ||
    b.executionQuantile - a.executionQuantile
  );
}

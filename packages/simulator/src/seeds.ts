import { InputError } from "@partitune/schema";

/*
 * Seeds for searching and seeds for judging come from two namespaces that never meet: a search favours plans that were lucky on its own
 * seeds, so those must not judge.
 */

/**
 * Seeds that judge a plan: `fresh:<seed>:0`, `fresh:<seed>:1`, …
 *
 * @param count  at least 2
 * @throws InputError when count is no such number
 */
export function freshSeeds(count: number, seed: string | number): readonly string[] {
  return labelled("fresh", count, seed);
}

/** Seeds that help to choose a plan: `search:<seed>:0`, `search:<seed>:1`, …; otherwise as {@link freshSeeds}. */
export function searchSeeds(count: number, seed: string | number): readonly string[] {
  return labelled("search", count, seed);
}

function labelled(namespace: "fresh" | "search", count: number, seed: string | number): readonly string[] {
  if (Number.isInteger(count) && count >= 2)
    return Array.from({ length: count }, (_, i) => `${namespace}:${seed}:${i}`);
  throw new InputError({
    what: "number of seeds",
    problem: `must be a whole number from 2 on, got ${count}`,
    advice: "take 10, since one run shows no spread",
  });
}

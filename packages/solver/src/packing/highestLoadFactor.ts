import { InputError } from "@partitune/schema";
import { type Choices, findUnservable, toChoices } from "./choices.ts";
import { type ExactOptions, packChoices } from "./columnGeneration.ts";
import { wholeCards } from "./gpuBounds.ts";
import type { Layout } from "./layout.ts";
import type { PackingProblem } from "./packingProblem.ts";

/** The most by which all rates may grow on a given number of GPUs. */
export interface LoadFactor {
  /** The layout answers all rates times this; 0 when even a hundredth of the way to the bound is too much. */
  readonly factor: number;
  /** No layout answers all rates times this. */
  readonly bound: number;
  /** The layout for `factor`; null when that is 0. */
  readonly layout: Layout | null;
}

/** Halvings of the interval between nothing and the first bound. */
const halvings = 8;

/**
 * The highest factor on all rates that so many GPUs sustain under the problem's rule, by bisection over {@link packChoices}.
 *
 * @returns null when a service cannot be served at any rate, or nobody sends requests
 * @throws InputError when the number of GPUs is not whole and at least 1
 */
export async function highestLoadFactor(
  problem: PackingProblem,
  gpus: number,
  options: ExactOptions = {},
): Promise<LoadFactor | null> {
  if (!Number.isInteger(gpus) || gpus < 1) {
    throw new InputError({ what: `${gpus} GPUs`, problem: "are no fleet", advice: "give a whole number, at least 1" });
  }
  const choices = toChoices(problem);
  if (choices.services.length === 0 || findUnservable(choices).length > 0) return null;
  const at = async (factor: number) => {
    const { layout, bound } = await packChoices(timesNeeds(choices, factor), options);
    return { layout, fits: layout.gpus.length <= gpus, least: wholeCards(bound) };
  };
  let [low, high] = [0, 1];
  while ((await at(high)).least <= gpus) high *= 2;
  let [bound, layout]: [number, Layout | null] = [high, null];
  for (let step = 0; step < halvings; step += 1) {
    const factor = (low + high) / 2;
    const tried = await at(factor);
    if (tried.fits) [low, layout] = [factor, tried.layout];
    else high = factor;
    if (tried.least > gpus) bound = Math.min(bound, factor);
  }
  return { factor: low, bound, layout };
}

/** Safe rates do not depend on how much is asked for. */
function timesNeeds(choices: Choices, factor: number): Choices {
  return { ...choices, services: choices.services.map((each) => ({ ...each, need: factor * each.need })) };
}

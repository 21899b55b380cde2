import { loadHighs } from "../methods/loadHighs.ts";
import { findUnservable, toChoices } from "./choices.ts";
import { coverBound } from "./columnGeneration.ts";
import { relaxationBound } from "./gpuBounds.ts";
import type { PackingProblem } from "./packingProblem.ts";

/**
 * A number of cards that no layout under the problem's rule goes below: of the relaxation over covers and patterns, which is tight, or under a
 * rule that covers sharing that over divided pieces.
 *
 * @returns not rounded; any layout uses at least its ceiling. Null when a service cannot be served at all
 */
export async function leastGpus(problem: PackingProblem): Promise<number | null> {
  const choices = toChoices(problem);
  if (findUnservable(choices).length > 0) return null;
  if (choices.services.length === 0) return 0;
  const highs = await loadHighs();
  return choices.rule.turnResponse === null ? coverBound(highs, choices) : relaxationBound(highs, choices);
}

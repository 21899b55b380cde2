import { findUnservable, toChoices } from "./choices.ts";
import { joinFirst, type OpenGpu, placeOnNew, toLayout } from "./fleet.ts";
import type { Packing } from "./layout.ts";
import type { PackingProblem } from "./packingProblem.ts";
import { fullLoad, openLoad, saturate } from "./saturate.ts";

/**
 * The baseline that shares in time only: whole cards whose services take turns, each service on the first card where all can, in the order
 * given. Under a rule that does not cover sharing every service has cards of its own.
 */
export function timeSlicing(problem: PackingProblem): Packing {
  const choices = toChoices(problem);
  const whole = problem.card.pieces.at(-1)!.name;
  const lost = findUnservable(choices, [whole]);
  if (lost.length > 0) return { status: "unservable", services: lost };
  const gpus: OpenGpu[] = [];
  for (const own of choices.services) {
    const choice = own.best.find(({ piece }) => piece === whole)!;
    const { full, rest } = saturate(own.need, choice.safeRate);
    for (let i = 0; i < full; i += 1) placeOnNew(problem.card, gpus, whole, fullLoad(choice, own));
    if (rest === 0 || joinFirst(choices, gpus, { choices: own, rate: rest }, Number.POSITIVE_INFINITY)) continue;
    placeOnNew(problem.card, gpus, whole, openLoad(choice, own, rest));
  }
  return { status: "packed", layout: toLayout(problem.card, gpus) };
}

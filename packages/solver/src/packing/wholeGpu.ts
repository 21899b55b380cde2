import { findUnservable, toChoices } from "./choices.ts";
import { type OpenGpu, placeOnNew, toLayout } from "./fleet.ts";
import type { Packing } from "./layout.ts";
import type { PackingProblem } from "./packingProblem.ts";
import { fullLoad, saturate } from "./saturate.ts";

/** The baseline without sharing: every service on as many whole cards of its own as its rate needs. */
export function wholeGpu(problem: PackingProblem): Packing {
  const choices = toChoices(problem);
  const whole = problem.card.pieces.at(-1)!.name;
  const lost = findUnservable(choices, [whole]);
  if (lost.length > 0) return { status: "unservable", services: lost };
  const gpus: OpenGpu[] = [];
  for (const own of choices.services) {
    const choice = own.best.find(({ piece }) => piece === whole)!;
    const { full, rest } = saturate(own.need, choice.safeRate);
    const count = full + (rest > 0 ? 1 : 0);
    for (let i = 0; i < count; i += 1) placeOnNew(problem.card, gpus, whole, fullLoad(choice, own));
  }
  return { status: "packed", layout: toLayout(problem.card, gpus) };
}

import { findUnservable, type ServiceChoices, type SizedChoice, toChoices } from "./choices.ts";
import { type OpenGpu, placeFirst, placeOnNew, toLayout, usedCompute } from "./fleet.ts";
import type { Packing } from "./layout.ts";
import type { PackingProblem } from "./packingProblem.ts";
import { fullLoad } from "./saturate.ts";

/** A piece that a service is to have. */
interface Part {
  readonly own: ServiceChoices;
  readonly choice: SizedChoice;
}

/**
 * iGniter's provisioning over measured sizes: each service runs on the smallest piece that covers its rate, largest pieces first, each on
 * the GPU whose total grows least: with no growth of the neighbours, the one with least room left. A service that no size covers has whole
 * GPUs to itself for 0.9 of their rate each, and a piece for the rest.
 *
 * The closed forms that predict sizes without measuring all are {@link igniterShare}. Growth of neighbours by interference is left to the
 * rule and the headroom.
 *
 * @see Xu et al., "iGniter: Interference-Aware GPU Resource Provisioning for Predictable DNN Inference in the Cloud", TPDS 2023
 */
export function igniter(problem: PackingProblem): Packing {
  const choices = toChoices(problem);
  const lost = findUnservable(choices);
  if (lost.length > 0) return { status: "unservable", services: lost };
  const { card } = problem;
  const gpus: OpenGpu[] = [];
  const parts = choices.services.flatMap(partsOf);
  for (const { own, choice } of parts.toSorted((a, b) => b.choice.compute - a.choice.compute)) {
    const fullestFirst = gpus.toSorted((a, b) => usedCompute(card, b.pieces) - usedCompute(card, a.pieces));
    const load = fullLoad(choice, own);
    if (!placeFirst(card, fullestFirst, choice.piece, load)) placeOnNew(card, gpus, choice.piece, load);
  }
  return { status: "packed", layout: toLayout(card, gpus) };
}

/** Part of the rate of a whole GPU that is counted on when a service needs several. */
const bookedPart = 0.9;

function partsOf(own: ServiceChoices): readonly Part[] {
  const largest = own.best.reduce((most, each) => (each.safeRate > most.safeRate ? each : most));
  const parts: Part[] = [];
  let left = own.need;
  while (left > largest.safeRate) {
    parts.push({ own, choice: largest });
    left -= bookedPart * largest.safeRate;
  }
  return [...parts, { own, choice: own.best.find(({ safeRate }) => safeRate >= left)! }];
}

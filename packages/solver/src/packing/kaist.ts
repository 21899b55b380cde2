import { type Choices, findUnservable, type ServiceChoices, type SizedChoice, toChoices } from "./choices.ts";
import { joinFirst, type OpenGpu, placeFirst, placeOnNew, placeRearranged, toLayout } from "./fleet.ts";
import { type KneeName, knees } from "./knees.ts";
import type { Layout, Packing } from "./layout.ts";
import type { PackingProblem } from "./packingProblem.ts";
import { rateTolerance } from "./rateTolerance.ts";
import { fullLoad, openLoad } from "./saturate.ts";

/** Choices that the seed's outline leaves open. */
export interface KaistOptions {
  /** Which size is the most efficient, by default `steepest`. */
  readonly knee?: KneeName;
  /** Services that may take turns on one piece, by default 3. */
  readonly mostTenants?: number;
}

/**
 * Spatial-temporal sharing, highest request rate first: each service gets pieces of its most efficient size, min(knee, required), until its
 * rate is covered. What does not fill a piece takes turns on one that idles, if all tenants then keep their deadlines; else it gets a new
 * piece on a used GPU, then one after moving that GPU's pieces, then a GPU.
 *
 * @see Kim et al. (KAIST), adaptive spatial-temporal scheduling of inference, whose outline fixes the order of services and sizes; the order
 * of places is ours
 */
export function kaist(problem: PackingProblem, options: KaistOptions = {}): Packing {
  const choices = toChoices(problem);
  const lost = findUnservable(choices);
  return lost.length > 0
    ? { status: "unservable", services: lost }
    : { status: "packed", layout: kaistLayout(choices, options) };
}

/** {@link kaist} on choices that serve everyone. */
export function kaistLayout(choices: Choices, { knee = "steepest", mostTenants = 3 }: KaistOptions = {}): Layout {
  const gpus: OpenGpu[] = [];
  const order = choices.services.toSorted((a, b) => b.need - a.need);
  for (const own of order) {
    const efficient = knees[knee](own.best);
    let left = own.need;
    while (left > rateTolerance * own.need) {
      const choice = idealChoice(own, efficient, left);
      place(choices, gpus, own, choice, left, mostTenants);
      left -= choice.safeRate;
    }
  }
  return toLayout(choices.problem.card, gpus);
}

/** The smaller of the most efficient size and the smallest that covers the rate. */
export function idealChoice(own: ServiceChoices, efficient: SizedChoice, rate: number): SizedChoice {
  const required = own.best.find(({ safeRate }) => safeRate >= rate);
  return required !== undefined && required.compute < efficient.compute ? required : efficient;
}

function place(
  choices: Choices,
  gpus: OpenGpu[],
  own: ServiceChoices,
  choice: SizedChoice,
  rate: number,
  mostTenants: number,
): void {
  const { card } = choices.problem;
  const covers = choice.safeRate >= rate;
  const load = covers ? openLoad(choice, own, rate) : fullLoad(choice, own);
  const done =
    (covers && joinFirst(choices, gpus, { choices: own, rate }, mostTenants)) ||
    placeFirst(card, gpus, choice.piece, load) ||
    placeRearranged(card, gpus, choice.piece, load);
  if (!done) placeOnNew(card, gpus, choice.piece, load);
}

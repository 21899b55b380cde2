import type { Governor } from "../governors/governor.ts";
import type { CardPlace } from "./cardPlace.ts";
import { greenContext } from "./greenContext.ts";
import { migInstance } from "./migInstance.ts";
import { mpsShare } from "./mpsShare.ts";
import { smPartition } from "./smPartition.ts";
import { wholeCard } from "./wholeCard.ts";

export type { CardPlace } from "./cardPlace.ts";
export { chooseCardGovernor } from "./chooseCardGovernor.ts";

/** Every way to set a partition of an NVIDIA card. */
export const cardGovernors = {
  "whole-card": wholeCard,
  mps: mpsShare,
  "mps-static": smPartition,
  mig: migInstance,
  "green-context": greenContext,
} as const satisfies Record<string, (place: CardPlace) => Governor>;

/** The governors of a card. */
export function governorsOf(place: CardPlace): readonly Governor[] {
  return Object.values(cardGovernors).map((create) => create(place));
}

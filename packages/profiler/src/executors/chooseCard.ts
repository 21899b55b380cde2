import { InputError } from "@partitune/schema";
import type { Card, CardDriver } from "../nvidia/card.ts";

/** A card and its number among those of the machine. */
export interface ChosenCard {
  readonly card: Card;
  readonly index: number;
  readonly cards: number;
}

/**
 * The card of this machine that a user means: by index, by UUID or the beginning of one; the only one when nothing is said.
 *
 * @throws InputError when there is no such card, there are several, or none can be used
 */
export async function chooseCard(driver: CardDriver, wanted: string | undefined): Promise<ChosenCard> {
  const cards = await driver.cards();
  const listed = cards.map(({ uuid }, i) => `${i} (${uuid})`).join(", ");
  if (cards.length === 0)
    throw new InputError({
      what: "this machine",
      problem: `has no NVIDIA card that can be used${driver.unusable.length === 0 ? "" : ` (${driver.unusable.join("; ")})`}`,
      advice: "see what nvidia-smi says; in a container, start it with the GPUs (--gpus all)",
    });
  if (wanted === undefined) {
    if (cards.length === 1) return { card: cards[0]!, index: 0, cards: 1 };
    throw new InputError({
      what: "this machine",
      problem: `has ${cards.length} cards: ${listed}`,
      advice: "choose one with --card INDEX or --card UUID",
    });
  }
  const byIndex = /^\d+$/.test(wanted);
  const found = cards.filter(({ uuid }, i) => (byIndex ? String(i) === wanted : uuid.startsWith(wanted)));
  if (found.length === 1) return { card: found[0]!, index: cards.indexOf(found[0]!), cards: cards.length };
  throw new InputError({
    what: `card "${wanted}"`,
    problem: found.length === 0 ? "is none of this machine" : `may be ${found.length} cards of this machine`,
    advice: `choose one of ${listed}`,
  });
}

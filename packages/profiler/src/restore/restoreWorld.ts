import type { CardDriver } from "../nvidia/card.ts";
import type { CardDriverOptions } from "../nvidia/openCardDriver.ts";
import type { RestorePatience, RestoreWorld } from "../restorers/restorer.ts";

export const restorePatience: RestorePatience = { endSeconds: 5, commandSeconds: 60, settleSeconds: 2 };

/**
 * This machine, to put something back on. The driver of the cards is loaded when the first card is asked for.
 *
 * @param sameBoot  whether the steps were recorded since the machine was started
 */
export function restoreWorld(
  sameBoot: boolean,
  driver: CardDriverOptions = {},
): RestoreWorld & { close(): Promise<void> } {
  let cards: Promise<CardDriver> | undefined;
  return {
    patience: restorePatience,
    sameBoot,
    openCards() {
      cards ??= import("../nvidia/openCardDriver.ts").then(({ openCardDriver }) => openCardDriver(driver));
      return cards;
    },
    close: async () => {
      const opened = await cards?.catch(() => undefined);
      await opened?.close();
    },
  };
}

import { cardHostThreads } from "@partitune/emitter";
import { checkLayout } from "@partitune/schema";
import type { Availability, Governor, PreparedPartition } from "../governors/governor.ts";
import { type CardPlace, cardRefusal } from "./cardPlace.ts";

/** The first driver that has green contexts, that of CUDA 12.4. */
const leastDriver = 550;

/**
 * Groups of multiprocessors by green contexts, which each worker makes for itself (see PROTOCOL.md). They hold nobody off their multiprocessors, and
 * contexts of different processes take turns on the card as whole ones do.
 */
export function greenContext(place: CardPlace): Governor {
  const { card, device } = place;
  return {
    name: "green-context",
    sets: ({ kind }) => kind === "green-context",
    async available(partition): Promise<Availability> {
      const refusal = await cardRefusal(place);
      if (!refusal.ok) return refusal;
      const major = Number.parseInt(place.driver, 10);
      if (major < leastDriver)
        return {
          ok: false,
          reason: `driver ${place.driver} has no green contexts; they need ${leastDriver} (CUDA 12.4) or newer`,
        };
      const check = checkLayout(device, [partition]);
      return check.fits ? { ok: true } : { ok: false, reason: check.conflicts[0]!.text };
    },
    async prepare(partition, processes = 1): Promise<PreparedPartition> {
      if (partition.kind !== "green-context") throw new Error(`a green context is no ${partition.kind}`);
      const { multiprocessors } = partition;
      const user = {};
      place.direct.add(user);
      return {
        mechanism: `green context of ${multiprocessors} multiprocessors, made by the worker${processes === 1 ? "" : `, ${processes} processes by time slicing`}`,
        join: { kind: "none" },
        threads: cardHostThreads,
        environment: { CUDA_VISIBLE_DEVICES: card.uuid },
        multiprocessors,
        settings: { card: card.uuid, multiprocessors },
        release: async () => void place.direct.delete(user),
      };
    },
  };
}

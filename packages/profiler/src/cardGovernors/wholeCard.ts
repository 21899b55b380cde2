import { cardHostThreads } from "@partitune/emitter";
import { WorkerFailure } from "../executor.ts";
import type { Governor, PreparedPartition } from "../governors/governor.ts";
import { type CardPlace, cardRefusal } from "./cardPlace.ts";
import { checkClients } from "./joinDaemon.ts";
import { mpsClients } from "./mpsClients.ts";

/**
 * The whole card: a process sees it and nothing else is set. Several of them take turns on it, as the driver has it (time slicing). Where others
 * have shares of the card meanwhile, it goes through their MPS daemon, without a limit.
 */
export function wholeCard(place: CardPlace): Governor {
  const { card } = place;
  return {
    name: "whole-card",
    sets: ({ kind }) => kind === "whole",
    available: () => cardRefusal(place),
    async prepare(_, processes = 1): Promise<PreparedPartition> {
      const serving = place.daemons.serving(card.uuid);
      if (serving !== undefined) {
        const lease = await place.daemons.join(serving, processes, mpsClients(place.device));
        return {
          mechanism: "whole card, as a client of the MPS daemon that others use",
          join: { kind: "none" },
          threads: cardHostThreads,
          environment: serving.environment,
          settings: { card: card.uuid },
          check: () => checkClients(serving, processes),
          release: () => lease.release(),
        };
      }
      if (processes > 1 && (await card.facts()).computeMode === "exclusive-process")
        throw new WorkerFailure(
          "failed",
          `${processes} processes cannot take turns on ${card.uuid}, whose compute mode lets one process use it; measure mps-share:1, or let its administrator change the mode: nvidia-smi -i ${card.uuid} -c DEFAULT`,
        );
      const user = {};
      place.direct.add(user);
      return {
        mechanism: processes === 1 ? "whole card" : `whole card, ${processes} processes by time slicing`,
        join: { kind: "none" },
        threads: cardHostThreads,
        environment: { CUDA_VISIBLE_DEVICES: card.uuid },
        settings: { card: card.uuid },
        release: async () => void place.direct.delete(user),
      };
    },
  };
}

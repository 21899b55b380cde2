import { cardHostThreads, clientPercentage } from "@partitune/emitter";
import { formatPartition, type Partition, partitionCores } from "@partitune/schema";
import { WorkerFailure } from "../executor.ts";
import type { Availability, Governor, PreparedPartition } from "../governors/governor.ts";
import type { CardPlace } from "./cardPlace.ts";
import { joinDaemon } from "./joinDaemon.ts";
import { mpsRefusal } from "./mpsRefusal.ts";

/**
 * Shares of the multiprocessors by MPS: a control daemon of our own in a private folder, one for the card, and a percentage of active threads for each
 * client. Of several processes each has its part of the share. Memory stays shared, with a limit for each client where one is asked for.
 *
 * @see https://docs.nvidia.com/deploy/mps
 */
export function mpsShare(place: CardPlace): Governor {
  let works: Availability | undefined;
  return {
    name: "mps",
    sets: ({ kind }) => kind === "mps-share",
    async available() {
      const refusal = await mpsRefusal(place);
      if (!refusal.ok) return refusal;
      if (works?.ok !== true) works = await tryDaemon(place);
      return works;
    },
    async prepare(partition, processes = 1): Promise<PreparedPartition> {
      const percentage = percentageOf(partition, processes, place);
      const { lease, limit, check } = await joinDaemon(place, { uuid: place.card.uuid, isStatic: false }, processes);
      return {
        mechanism: `MPS, ${percentage} % of active threads${processes === 1 ? "" : ` for each of ${processes} processes`}${limit.words}`,
        join: { kind: "none" },
        threads: cardHostThreads,
        environment: {
          ...lease.daemon.environment,
          ...limit.environment,
          CUDA_MPS_ACTIVE_THREAD_PERCENTAGE: String(percentage),
        },
        settings: { card: place.card.uuid, active_thread_percent: percentage, pipes: lease.daemon.folder },
        check,
        release: () => lease.release(),
      };
    },
  };
}

/** Whether a daemon comes up has too many rules to be foretold; it is tried once. */
async function tryDaemon(place: CardPlace): Promise<Availability> {
  try {
    const { lease } = await joinDaemon(place, { uuid: place.card.uuid, isStatic: false }, 1);
    await lease.release();
    return { ok: true };
  } catch (error) {
    if (error instanceof WorkerFailure) return { ok: false, reason: error.message };
    throw error;
  }
}

function percentageOf(partition: Partition, processes: number, { device }: CardPlace): number {
  const percentage = clientPercentage({ partition }, { processes });
  if (percentage === undefined) throw new Error(`MPS shares are no ${partition.kind}`);
  if (percentage >= 1 && partitionCores({ kind: "mps-share", share: percentage / 100 }, device) > 0) return percentage;
  throw new WorkerFailure(
    "failed",
    `each of ${processes} processes on "${formatPartition(partition)}" would get ${percentage} % of the card, which rounds down to no multiprocessor; ask for fewer processes or a larger share`,
  );
}

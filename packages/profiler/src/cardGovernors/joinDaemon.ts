import { WorkerFailure } from "../executor.ts";
import type { MpsDaemon, MpsDevice } from "../mps/mpsDaemon.ts";
import type { MpsLease } from "../mps/mpsDaemons.ts";
import type { CardPlace } from "./cardPlace.ts";
import { mpsClients } from "./mpsClients.ts";

/** A part in the daemon of a card or an instance, and the memory limit of its clients. */
export interface JoinedDaemon {
  readonly lease: MpsLease;
  /** @throws WorkerFailure when the daemon has died, or the workers run without it */
  readonly check: () => Promise<void>;
  readonly limit: { readonly words: string; readonly environment: Readonly<Record<string, string>> };
}

/**
 * @throws WorkerFailure when a worker uses the card without MPS, clients are too many, or the daemon does not come up
 */
export async function joinDaemon(place: CardPlace, device: MpsDevice, processes: number): Promise<JoinedDaemon> {
  if (device.uuid === place.card.uuid && place.direct.size > 0)
    throw new WorkerFailure(
      "failed",
      `a workload runs on ${device.uuid} without MPS, so that nobody can be given a share beside it; open the shares first`,
    );
  const lease = await place.daemons.join(device, processes, mpsClients(place.device));
  return { lease, check: () => checkClients(lease.daemon, processes), limit: memoryLimit(place) };
}

/** A program that finds no daemon, or does not use the card, runs without a word: its share would be a lie. */
export async function checkClients(daemon: MpsDaemon, processes: number): Promise<void> {
  const { length } = await daemon.clients();
  if (length >= processes) return;
  throw new WorkerFailure(
    "failed",
    `${processes} processes were to be clients of the MPS daemon of ${daemon.uuid}, which has ${length}: they do not use the card, or not through MPS`,
  );
}

/** A client sees one device, of number 0; whole MiB, as the emitted scripts have it. */
function memoryLimit({ clientMemoryBytes }: CardPlace): JoinedDaemon["limit"] {
  if (clientMemoryBytes === undefined) return { words: "", environment: {} };
  const mebibytes = Math.floor(clientMemoryBytes / 2 ** 20);
  return {
    words: `, ${mebibytes} MiB of memory for each`,
    environment: { CUDA_MPS_PINNED_DEVICE_MEM_LIMIT: `0=${mebibytes}M` },
  };
}

import type { Bytes, Device } from "@partitune/schema";
import type { Availability } from "../governors/governor.ts";
import type { MpsDaemons } from "../mps/mpsDaemons.ts";
import type { Card } from "../nvidia/card.ts";
import type { GuardedRestoration } from "../restore/openRestoration.ts";

/** A card, and what partitions of it are made with. Tests put stand-ins in the place of its programs. */
export interface CardPlace {
  readonly card: Card;
  readonly device: Device;
  /** Number of the card on this machine, and how many there are. */
  readonly index: number;
  readonly cards: number;
  /** The driver's version, such as `570.86.15`; empty where not told. */
  readonly driver: string;
  readonly daemons: MpsDaemons;
  /** Paths of the programs that come with the driver; undefined where they are missing. */
  readonly programs: { readonly mps: string | undefined; readonly smi: string | undefined };
  /** Where /proc is found. */
  readonly root: string;
  /** True when MIG instances that are missing may be created, and destroyed afterwards. */
  readonly createMig: boolean;
  /** The most device memory that each client of MPS may allocate; no limit when absent. */
  readonly clientMemoryBytes?: Bytes;
  readonly restoration: () => Promise<GuardedRestoration>;
  /** Workers that use the card without MPS, on all of it or in green contexts: nobody may be given a share beside them. */
  readonly direct: Set<object>;
}

/** Why nothing can run on the card as a whole: its compute mode, or MIG. */
export async function cardRefusal({ card }: CardPlace): Promise<Availability> {
  const { computeMode, migEnabled } = await card.facts();
  if (computeMode === "prohibited") return prohibited(card.uuid);
  if (migEnabled !== true) return { ok: true };
  return {
    ok: false,
    reason: `MIG is enabled on ${card.uuid}, so that only its instances can be used; choose mig:PROFILE, or end everything that uses the card and disable MIG as root: nvidia-smi -i ${card.uuid} -mig 0`,
  };
}

/** No process may open the card. */
export function prohibited(uuid: string): Availability {
  return {
    ok: false,
    reason: `the compute mode of ${uuid} prohibits all processes; its administrator can change that: nvidia-smi -i ${uuid} -c DEFAULT`,
  };
}

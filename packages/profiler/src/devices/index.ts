import type { Device } from "@partitune/schema";
import { jetsonOrinAgx, jetsonOrinAgx441 } from "./jetsonOrinAgx.ts";
import { jetsonOrinNano } from "./jetsonOrinNano.ts";
import { a30, a40, a100, a100With40, b200, h100, h100Pcie, h200, v100 } from "./nvidiaCards.ts";

/**
 * Devices whose power modes or legal partitions are public, by name. Clock lists and limits change with firmware and driver: before a board or a card is
 * measured, read its own grid with {@link readJetsonModes} or {@link readNvidiaModes},
 * and its MIG placements with {@link parseMigListing}.
 */
export const devices = {
  "jetson-orin-agx": jetsonOrinAgx,
  "jetson-orin-agx-441": jetsonOrinAgx441,
  "jetson-orin-nano": jetsonOrinNano,
  a30,
  a40,
  v100,
  "a100-40gb": a100With40,
  a100,
  "h100-pcie": h100Pcie,
  h100,
  h200,
  b200,
} as const satisfies Record<string, Device>;

/** Name of a device on the shelf. */
export type DeviceName = keyof typeof devices;

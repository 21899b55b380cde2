import type { Device } from "@partitune/schema";
import { jetsonOrinAgx, jetsonOrinAgx441 } from "./jetsonOrinAgx.ts";
import { jetsonOrinNano } from "./jetsonOrinNano.ts";
import { a40, a100, h100, v100 } from "./nvidiaCards.ts";

/**
 * Devices whose power modes are public, by name. Clock lists and limits change with firmware and driver: before a board or a card is
 * measured, read its own grid with {@link readJetsonModes} or {@link readNvidiaModes}.
 */
export const devices = {
  "jetson-orin-agx": jetsonOrinAgx,
  "jetson-orin-agx-441": jetsonOrinAgx441,
  "jetson-orin-nano": jetsonOrinNano,
  a40,
  v100,
  a100,
  h100,
} as const satisfies Record<string, Device>;

/** Name of a device on the shelf. */
export type DeviceName = keyof typeof devices;

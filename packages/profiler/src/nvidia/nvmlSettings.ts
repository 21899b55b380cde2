import { type Hertz, InputError, type Watts } from "@partitune/schema";
import { callOn, getNumber, getPair, type NvmlDevice } from "./nvmlCalls.ts";
import { nvmlAdvice, nvmlCode, nvmlWords } from "./nvmlErrors.ts";
import type { NvmlFunction } from "./nvmlLibrary.ts";

/**
 * Sets a card's power limit; null restores the default.
 *
 * @throws InputError when the driver refuses
 */
export function setPowerLimit(device: NvmlDevice, watts: Watts | null): void {
  const usual = watts === null ? getNumber(device, "defaultLimit") : undefined;
  if (usual?.value === null)
    throw refused(device, "the default power limit", usual.reason, nvmlAdvice(nvmlCode.notSupported));
  const milliwatts = usual === undefined ? Math.round(watts! * 1e3) : usual.value;
  const what = `the power limit of ${milliwatts / 1e3} W`;
  const code = callOn(device, "setLimit", milliwatts);
  if (code === nvmlCode.success) return;
  const range = code === nvmlCode.invalidArgument ? getPair(device, "limits").value : null;
  if (range !== null)
    throw refused(device, what, "is not one it takes", `choose one from ${range[0] / 1e3} to ${range[1] / 1e3} W`);
  throw refused(device, what, `was refused: ${nvmlWords(code)}`, nvmlAdvice(code));
}

/** Functions that lock a clock to a range and lift the lock, in MHz. */
const locks = {
  gpu: ["the clock of the multiprocessors", "lockGpu", "unlockGpu"],
  memory: ["the clock of the memory", "lockMemory", "unlockMemory"],
} as const satisfies Record<string, readonly [string, NvmlFunction, NvmlFunction]>;

/**
 * Locks a clock of a card; null lifts the lock.
 *
 * @throws InputError when the driver refuses
 */
export function lockClock(device: NvmlDevice, which: keyof typeof locks, hertz: Hertz | null): void {
  const [what, lock, unlock] = locks[which];
  const megahertz = hertz === null ? null : Math.round(hertz / 1e6);
  const code = megahertz === null ? callOn(device, unlock) : callOn(device, lock, megahertz, megahertz);
  if (code === nvmlCode.success) return;
  const asked = megahertz === null ? "unlocking" : `locking at ${megahertz} MHz`;
  const problem = `of ${what} was refused: ${nvmlWords(code)}`;
  throw refused(device, asked, problem, code === nvmlCode.invalidArgument ? nvmlAdvice(24) : nvmlAdvice(code));
}

function refused(device: NvmlDevice, what: string, problem: string, advice: string): InputError {
  return new InputError({ what: `${device.label}: ${what}`, problem, advice });
}

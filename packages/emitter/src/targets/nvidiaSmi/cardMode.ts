import { type Device, type Hertz, InputError, type PowerMode, powerModesOf } from "@partitune/schema";
import type { Refusal } from "../../emission.ts";

/** What to do about a setting that cards do not take. */
export const settingAdvice = "search again over power caps and clocks that the card lists";

/**
 * The power mode of this name.
 *
 * @throws InputError when the device has no mode of this name
 */
export function cardMode(device: Device, name: string): PowerMode {
  const mode = powerModesOf(device).find((each) => each.name === name);
  if (mode !== undefined) return mode;
  throw new InputError({
    what: `power mode "${name}"`,
    problem: `is none of device "${device.name}"`,
    advice: "plan again, or add it to the plan's device",
  });
}

/** What of a power mode nvidia-smi cannot set. */
export function settingRefusals(mode: PowerMode): readonly Refusal[] {
  const where = `power mode "${mode.name}"`;
  const causes = [
    ...(mode.cores === undefined ? [] : [`it sets ${mode.cores} processor cores`]),
    ...(mode.cpuHertz === undefined ? [] : [`it sets a processor clock of ${mode.cpuHertz / 1e6} MHz`]),
  ].map((cause) => `${cause}, and nvidia-smi sets cards alone`);
  const broken = [mode.gpuHertz, mode.memoryHertz].filter((hertz) => hertz !== undefined && !isWholeMegahertz(hertz));
  causes.push(...broken.map((hertz) => `it locks a clock of ${hertz! / 1e6} MHz, and nvidia-smi takes whole MHz`));
  const cap = mode.powerCapWatts;
  if (cap !== undefined && Math.abs(cap * 100 - Math.round(cap * 100)) > 1e-6)
    causes.push(`it caps power at ${cap} W, and nvidia-smi takes hundredths of a watt`);
  return causes.map((cause) => ({ where, cause, advice: settingAdvice }));
}

function isWholeMegahertz(hertz: Hertz): boolean {
  return Math.abs(hertz / 1e6 - Math.round(hertz / 1e6)) < 1e-9;
}

/** A power mode as shell variables, empty where it leaves a setting alone: watts, and whole MHz. */
export function settingVariables({
  powerCapWatts,
  gpuHertz,
  memoryHertz,
}: PowerMode): Readonly<Record<string, string>> {
  const megahertz = (hertz: Hertz | undefined) => (hertz === undefined ? "" : String(Math.round(hertz / 1e6)));
  return {
    power_cap_w: powerCapWatts === undefined ? "" : String(powerCapWatts),
    gpu_mhz: megahertz(gpuHertz),
    memory_mhz: megahertz(memoryHertz),
  };
}

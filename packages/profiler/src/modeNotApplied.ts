import { type PowerMode, type PowerSetting, powerSettings } from "@partitune/schema";
import type { PowerSettings, Usage } from "./executor.ts";

/** Devices round what they are told; neighbouring clocks of a grid are further apart. */
const rounding = 0.002;

const units: Readonly<Record<PowerSetting, (value: number) => string>> = {
  powerCapWatts: (watts) => `a power cap of ${watts} W`,
  cores: (cores) => `${cores} cores`,
  cpuHertz: (hertz) => `a CPU clock of ${hertz / 1e6} MHz`,
  gpuHertz: (hertz) => `a GPU clock of ${hertz / 1e6} MHz`,
  memoryHertz: (hertz) => `a memory clock of ${hertz / 1e6} MHz`,
};

/**
 * Whether a device was in another power mode than the one asked for, at either end of a measurement: told from the limits it reports.
 *
 * @returns what it reported in place of what was asked, in words; undefined when all agrees or the device does not tell
 */
export function modeNotApplied(
  mode: PowerMode,
  before: Pick<Usage, "powerMode">,
  after: Pick<Usage, "powerMode">,
): string | undefined {
  const difference = differenceOf(mode, before.powerMode) ?? differenceOf(mode, after.powerMode);
  return difference === undefined
    ? undefined
    : `the device was not in power mode "${mode.name}": it reported ${difference}`;
}

function differenceOf(asked: PowerMode, reported: PowerSettings | undefined): string | undefined {
  const wrong = powerSettings.find((setting) => {
    const [own, other] = [asked[setting], reported?.[setting]];
    return own !== undefined && other !== undefined && Math.abs(other - own) > rounding * own;
  });
  return wrong && `${units[wrong](reported![wrong]!)}, asked for ${units[wrong](asked[wrong]!)}`;
}

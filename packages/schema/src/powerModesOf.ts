import type { Device } from "./device.ts";
import { type PowerLevels, type PowerMode, type PowerSetting, powerSettings } from "./powerMode.ts";

/** How a setting stands in the name of a mode: clocks in MHz, which is how device makers list them. */
const words: Readonly<Record<PowerSetting, (value: number) => string>> = {
  powerCapWatts: (watts) => `${watts}w`,
  cores: (cores) => `${cores}c`,
  cpuHertz: (hertz) => `cpu${hertz / 1e6}`,
  gpuHertz: (hertz) => `gpu${hertz / 1e6}`,
  memoryHertz: (hertz) => `mem${hertz / 1e6}`,
};

/**
 * All modes a device can be set to: the named ones, then every combination of its levels that no named mode is already.
 *
 * @example powerModesOf(device).map(({ name }) => name)  // ["maxn", "15w", …, "4c-cpu422.4-gpu114.75-mem665.6", …]
 */
export function powerModesOf({ powerModes, powerLevels }: Device): readonly PowerMode[] {
  if (powerLevels === undefined) return powerModes;
  const named = new Set(powerModes.map(namePowerMode));
  return [...powerModes, ...gridOf(powerLevels).filter((mode) => !named.has(mode.name))];
}

/** The name of a mode after its settings, as modes of a grid are called. Two modes of the same settings have the same. */
export function namePowerMode(mode: Omit<PowerMode, "name">): string {
  return powerSettings
    .filter((setting) => mode[setting] !== undefined)
    .map((setting) => words[setting](mode[setting]!))
    .join("-");
}

function gridOf(levels: PowerLevels): readonly PowerMode[] {
  let modes: readonly Omit<PowerMode, "name">[] = [{}];
  for (const setting of powerSettings) {
    const values = levels[setting];
    if (values !== undefined) modes = modes.flatMap((mode) => values.map((value) => ({ ...mode, [setting]: value })));
  }
  return modes.map((mode) => ({ name: namePowerMode(mode), ...mode }));
}

import {
  type Device,
  impliedDevice,
  namePowerMode,
  type Partition,
  type PowerMode,
  type PowerSetting,
  powerSettings,
} from "@partitune/schema";
import { devices } from "../devices/index.ts";
import type { PowerSettings } from "../executor.ts";

/** A device with the modes of a table, and how its default was found. */
export interface ImportedDevice {
  readonly device: Device;
  /** True when the default mode is only the highest of the table. */
  readonly assumedDefault: boolean;
}

/**
 * The device of a foreign table: one of the shelf by its name, else one that is made from the table alone. Its modes are those of the table, named after
 * their settings, the default first.
 *
 * @param name  name of a device of the shelf, or any other
 * @param partitions  those the table names
 * @throws InputError when the device is none of the shelf, and no published card has all MIG profiles of the table
 */
export function importedDevice(
  name: string,
  settings: readonly PowerSettings[],
  partitions: readonly Partition[],
): ImportedDevice {
  const modes = distinctModes(settings);
  const shelved: Device | undefined = Object.hasOwn(devices, name) ? devices[name as keyof typeof devices] : undefined;
  const { powerLevels: _, ...base } = shelved ?? deviceFrom(name, modes, partitions);
  const usual = shelved === undefined ? undefined : namePowerMode(shelved.powerModes[0]!);
  const first = modes.find((mode) => mode.name === usual) ?? highest(modes);
  return {
    device: { ...base, powerModes: [first, ...modes.filter((mode) => mode !== first)] },
    assumedDefault: modes.length > 1 && first.name !== usual,
  };
}

/** A table without settings has one mode. */
export function importedModeName(settings: PowerSettings): string {
  const name = namePowerMode(settings);
  return name === "" ? "default" : name;
}

function distinctModes(settings: readonly PowerSettings[]): readonly PowerMode[] {
  const modes = new Map<string, PowerMode>();
  for (const each of settings) modes.set(importedModeName(each), { name: importedModeName(each), ...each });
  return [...modes.values()];
}

/** The mode whose settings are, together, nearest to the highest of each. */
function highest(modes: readonly PowerMode[]): PowerMode {
  const most = (setting: PowerSetting) => Math.max(...modes.map((mode) => mode[setting] ?? 0));
  const tops = new Map(powerSettings.map((setting) => [setting, most(setting)]));
  const height = (mode: PowerMode) =>
    powerSettings.reduce((sum, setting) => sum + (mode[setting] ?? 0) / (tops.get(setting) || 1), 0);
  return modes.reduce((best, mode) => (height(mode) > height(best) ? mode : best));
}

/** The least that a table implies: clocks of a processor or its cores are set on Jetsons, caps and accelerator clocks on cards. */
function deviceFrom(name: string, modes: readonly PowerMode[], partitions: readonly Partition[]): Device {
  if (partitions.some(({ kind }) => kind !== "whole"))
    return { ...impliedDevice(partitions, []), name, powerModes: modes };
  const sets = (setting: PowerSetting) => modes.some((mode) => mode[setting] !== undefined);
  const isCard = sets("powerCapWatts") || sets("gpuHertz") || sets("memoryHertz");
  return {
    name,
    kind: sets("gpuHertz") && (sets("cores") || sets("cpuHertz")) ? "jetson" : isCard ? "nvidia" : "cpu",
    processor: "unknown",
    cores: Math.max(1, ...modes.map((mode) => mode.cores ?? 1)),
    memoryBytes: Number.MAX_SAFE_INTEGER, // no limit is known
    partitionSchemes: [{ kind: "whole" }],
    powerModes: modes,
    defaultPartition: { kind: "whole" },
    synthetic: false,
  };
}

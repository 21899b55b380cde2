import { type Device, type PowerMode, powerModesOf } from "@partitune/schema";

const known = new WeakMap<Device, ReadonlyMap<string, PowerMode>>();

/** All power modes of a device by name, built once per device: a grid has thousands. */
export function powerModesByName(device: Device): ReadonlyMap<string, PowerMode> {
  const modes = known.get(device) ?? new Map(powerModesOf(device).map((mode) => [mode.name, mode]));
  known.set(device, modes);
  return modes;
}

import type { Config, Device } from "@partitune/schema";
import type { Strata } from "./features.ts";

/** The power modes, in the device's order, and the kinds of partition that configurations use. */
export function strataOf(configs: readonly Config[], device: Device): Strata {
  const modes = new Set(configs.map(({ powerMode }) => powerMode));
  const listed = device.powerModes.map(({ name }) => name).filter((name) => modes.has(name));
  return {
    powerModes: [...new Set([...listed, ...[...modes].sort()])],
    partitionKinds: [...new Set(configs.map(({ partition }) => partition.kind))].sort(),
  };
}

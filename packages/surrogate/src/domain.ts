import { type Config, type DeviceSize, type Fit, partitionFraction } from "@partitune/schema";
import type { Strata } from "./features.ts";

type Domain = Fit["domain"];

/** The span of what was measured. */
export function domainOf(configs: readonly Config[], strata: Strata, device: DeviceSize): Domain {
  return {
    fraction: rangeOf(configs.map(({ partition }) => partitionFraction(partition, device))),
    batch: rangeOf(configs.map(({ batch }) => batch)),
    powerModes: strata.powerModes,
    partitionKinds: strata.partitionKinds,
  };
}

/**
 * Whether a configuration lies within: shares and batches between measured ones do. The whole device is a share of 1 of any kind.
 */
export function isWithin({ partition, powerMode, batch }: Config, domain: Domain, device: DeviceSize): boolean {
  return (
    isBetween(partitionFraction(partition, device), domain.fraction) &&
    isBetween(batch, domain.batch) &&
    domain.powerModes.includes(powerMode) &&
    (partition.kind === "whole" || domain.partitionKinds.includes(partition.kind))
  );
}

function rangeOf(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

function isBetween(value: number, [low, high]: readonly [number, number]): boolean {
  return value >= low && value <= high;
}

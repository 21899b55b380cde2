import { type Config, type Device, type PowerMode, partitionFraction, partitionThreads } from "@partitune/schema";

/**
 * A configuration as numbers. The first columns are those of {@link column}; one column per power setting and partition kind
 * that varies follows, from {@link firstSetting} on.
 */
export type FeatureRow = readonly number[];

/** The columns every feature row has. */
export const column = {
  /** Part of the device's processor capacity, 0 to 1. */
  fraction: 0,
  /** The same in cores: fraction × cores of the device. */
  cores: 1,
  /** Threads a workload runs there: the cores it can keep busy at once. */
  threads: 2,
  /** Requests per batch. */
  batch: 3,
} as const;

/** Index of the first setting column: logarithms of ratios, or 0/1 indicators; 0 is the reference. */
export const firstSetting = 4;

/** What was measured, as far as it decides which columns there are. */
export interface Strata {
  readonly powerModes: readonly string[];
  readonly partitionKinds: readonly string[];
}

/** Turns configurations into feature rows. */
export interface Encoder {
  readonly columns: readonly string[];
  /** @returns undefined for a power mode about which the measured ones say nothing, and for several processes */
  readonly encode: (config: Config) => FeatureRow | undefined;
}

/**
 * The one place where configurations become numbers.
 *
 * Power modes enter by those of their numeric settings that vary, as log ratios to the first measured mode, when these tell all
 * measured modes apart; by one 0/1 column per further mode otherwise, and then an unmeasured mode cannot be encoded.
 * A quota of all cores is no different from the whole device, so `whole` is not a kind of its own; of the kinds beside it, each
 * after the first has a 0/1 column. Several processes cannot be encoded: how they share a piece is looked up, not modelled.
 */
export function featureEncoder(device: Device, strata: Strata): Encoder {
  const power = powerColumns(device.powerModes, strata.powerModes);
  const kinds = strata.partitionKinds.filter((kind) => kind !== "whole").slice(1);
  return {
    columns: [...Object.keys(column), ...power.names, ...kinds],
    encode: ({ partition, powerMode, batch, processes = 1 }) => {
      const settings = power.values.get(powerMode);
      if (settings === undefined || processes > 1) return undefined;
      const fraction = partitionFraction(partition, device);
      const indicators = kinds.map((kind) => (partition.kind === kind ? 1 : 0));
      const threads = partitionThreads(partition, device);
      return [fraction, fraction * device.cores, threads, batch, ...settings, ...indicators];
    },
  };
}

/** Columns for the power mode, and the value of each for every mode that can be encoded. */
interface PowerColumns {
  readonly names: readonly string[];
  readonly values: ReadonlyMap<string, readonly number[]>;
}

type NumericSetting = Exclude<keyof PowerMode, "name">;
const numericSettings: readonly NumericSetting[] = ["powerCapWatts", "cores", "cpuHertz", "gpuHertz", "memoryHertz"];

function powerColumns(modes: readonly PowerMode[], measuredNames: readonly string[]): PowerColumns {
  const measured = measuredNames.map((name) => modes.find((mode) => mode.name === name) ?? { name });
  const varying = numericSettings.filter((key) => isNumberThatVaries(measured, key));
  const distinct = new Set(measured.map((mode) => JSON.stringify(varying.map((key) => mode[key]))));
  return measured.length > 1 && distinct.size === measured.length
    ? numericColumns(modes, measured[0], varying)
    : indicatorColumns(measuredNames);
}

function isNumberThatVaries(measured: readonly PowerMode[], key: NumericSetting): boolean {
  const values = new Set(measured.map((mode) => mode[key]));
  return values.size > 1 && !values.has(undefined);
}

function numericColumns(
  modes: readonly PowerMode[],
  reference: PowerMode,
  keys: readonly NumericSetting[],
): PowerColumns {
  const complete = modes.filter((mode) => keys.every((key) => mode[key] !== undefined));
  const logRatio = (mode: PowerMode, key: NumericSetting) => Math.log((mode[key] ?? 1) / (reference[key] ?? 1));
  return {
    names: keys,
    values: new Map(complete.map((mode) => [mode.name, keys.map((key) => logRatio(mode, key))])),
  };
}

function indicatorColumns(measured: readonly string[]): PowerColumns {
  const others = measured.slice(1);
  return {
    names: others,
    values: new Map(measured.map((name) => [name, others.map((other) => (other === name ? 1 : 0))])),
  };
}

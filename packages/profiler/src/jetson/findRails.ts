import type { Watts } from "@partitune/schema";
import { type BoardFiles, numberOf, textOf } from "./boardFiles.ts";

/** Files of one channel of a power monitor: plain data, so that another thread can read them. */
export type Rail = { readonly name: string } & (
  | {
      /** Voltage in mV and current in mA. */
      readonly volts: string;
      readonly amperes: string;
    }
  | {
      /** Power, and watts in one unit of the file. */
      readonly power: string;
      readonly unit: number;
    }
);

/** The power monitors of a board. */
export interface Rails {
  readonly rails: readonly Rail[];
  /** How the monitors average, for the record, such as `ina3221 1-0040: samples 16, interval 50 ms`. */
  readonly averaging: readonly string[];
}

/** Drivers of the monitors: of newer kernels, of older ones, and of the carrier board of Thor. */
const drivers = ["ina3221", "ina3221x", "ina238"].map((name) => `/sys/bus/i2c/drivers/${name}`);

/** Channel 7 of an INA3221 is the sum of its shunt voltages, and no rail. Channels that are not connected are called NC. */
const noRail = /^(NC|sum of shunt voltages)?$/i;

/** The only channel of an INA238 has no name of its own: it measures the board's input. */
const inputRail = "VIN";

/** Finds the rails that a board's power monitors measure; none where they cannot be read. */
export function findRails(files: BoardFiles): Rails {
  const chips = drivers.flatMap((driver) =>
    files
      .list(driver)
      .filter((name) => /^\d+-[0-9a-f]{4}$/.test(name))
      .map((address) => ({ driver: driver.split("/").at(-1)!, address, folder: `${driver}/${address}` })),
  );
  const found = chips.flatMap(({ driver, address, folder }) =>
    monitorsOf(files, folder).map((monitor) => ({
      rails: railsOf(files, monitor, driver),
      averaging: averagingOf(files, monitor, `${driver} ${address}`),
    })),
  );
  return {
    rails: found.flatMap(({ rails }) => rails),
    averaging: found.flatMap(({ averaging }) => averaging),
  };
}

/**
 * What a rail draws.
 *
 * @throws as the file system does, or when a file holds no number
 */
export function readRail(files: BoardFiles, rail: Rail): Watts {
  if ("power" in rail) return numberIn(files, rail.power) * rail.unit;
  return numberIn(files, rail.volts) * numberIn(files, rail.amperes) * 1e-6;
}

function numberIn(files: BoardFiles, path: string): number {
  const text = files.read(path);
  const value = Number(text);
  if (text !== "" && Number.isFinite(value)) return value;
  throw new Error(`${files.locate(path)} holds no number`);
}

/** Folders with a chip's readings: `hwmon/hwmon3`, or `iio:device0` of older kernels. */
function monitorsOf(files: BoardFiles, folder: string): readonly string[] {
  const hwmon = files.list(`${folder}/hwmon`).map((name) => `${folder}/hwmon/${name}`);
  const iio = files.list(folder).filter((name) => /^iio[:_]device\d*$/.test(name));
  return [...hwmon, ...iio.slice(0, 1).map((name) => `${folder}/${name}`)];
}

function railsOf(files: BoardFiles, folder: string, driver: string): readonly Rail[] {
  const names = files.list(folder);
  if (driver === "ina238") {
    const input: Rail = { name: inputRail, power: `${folder}/power1_input`, unit: 1e-6 };
    return isReadable(files, input) ? [input] : [];
  }
  const found = names.flatMap((file): readonly Rail[] => {
    const channel = /^(?:in|rail_name_)(\d)(?:_label)?$/.exec(file)?.[1];
    const name = channel === undefined ? undefined : textOf(files, `${folder}/${file}`);
    if (name === undefined || noRail.test(name)) return [];
    return file.startsWith("rail_name_")
      ? [{ name, power: `${folder}/in_power${channel}_input`, unit: 1e-3 }]
      : [{ name, volts: `${folder}/in${channel}_input`, amperes: `${folder}/curr${channel}_input` }];
  });
  return found.filter((rail) => isReadable(files, rail));
}

/** A channel that is switched off has files that refuse to be read. */
function isReadable(files: BoardFiles, rail: Rail): boolean {
  try {
    readRail(files, rail);
    return true;
  } catch {
    return false;
  }
}

function averagingOf(files: BoardFiles, folder: string, chip: string): readonly string[] {
  const samples = numberOf(files, `${folder}/samples`);
  const interval = numberOf(files, `${folder}/update_interval`);
  const facts = [
    ...(samples === undefined ? [] : [`samples ${samples}`]),
    ...(interval === undefined ? [] : [`interval ${interval} ms`]),
  ];
  return facts.length === 0 ? [] : [`${chip}: ${facts.join(", ")}`];
}

import type { Fraction, Hertz, Seconds, Watts } from "@partitune/schema";
import { type BoardFiles, numberOf, textOf } from "./boardFiles.ts";
import type { BoardClocks } from "./findClocks.ts";
import { type Rail, readRail } from "./findRails.ts";

/** Where a board's sensors are, by paths on the board: plain data, so that another thread can read them. */
export interface BoardSensors {
  readonly rails: readonly Rail[];
  readonly gpuClock: string | undefined;
  readonly gpuLoad: string | undefined;
  readonly memoryClock: string | undefined;
  /** Temperature of the chip, millidegrees: its hottest place where the board tells that, else of all that it tells. */
  readonly temperatures: readonly string[];
  /** Counters of events of over-current and under-voltage, at which the hardware lowers clocks. */
  readonly throttleCounters: readonly string[];
  /** States of what the kernel does against heat; above 0 while it lowers clocks. */
  readonly coolingStates: readonly string[];
}

/** What a board shows at one moment. Undefined where it cannot be read. */
export interface BoardSample {
  /** On the machine's monotonic clock. */
  readonly time: Seconds;
  /** Rail → power; undefined when any could not be read, and then `reason` says why. */
  readonly watts: ReadonlyMap<string, Watts> | undefined;
  readonly reason?: string;
  readonly gpuHertz: Hertz | undefined;
  readonly memoryHertz: Hertz | undefined;
  readonly temperatureCelsius: number | undefined;
  readonly busyFraction: Fraction | undefined;
  /** Events of the hardware so far; undefined where the board does not count them. */
  readonly throttleEvents: number | undefined;
  /** Whether the kernel lowers clocks for their heat now; undefined where it does not tell. */
  readonly isHot: boolean | undefined;
}

/** Finds the sensors of a board. */
export function findSensors(files: BoardFiles, clocks: BoardClocks, rails: readonly Rail[]): BoardSensors {
  return {
    rails,
    gpuClock: clocks.gpu === undefined ? undefined : `${clocks.gpu}/cur_freq`,
    gpuLoad: clocks.gpuLoad,
    memoryClock: clocks.memory?.rate,
    temperatures: findTemperatures(files),
    throttleCounters: findThrottleCounters(files),
    coolingStates: findCoolingStates(files),
  };
}

/**
 * Reads a board's sensors once.
 *
 * @param now  the machine's monotonic clock; a sample's time is the middle of reading the rails
 */
export function sampleBoard(files: BoardFiles, sensors: BoardSensors, now: () => Seconds): BoardSample {
  const began = now();
  const power = readRails(files, sensors.rails);
  const time = (began + now()) / 2;
  const number = (path: string | undefined) => (path === undefined ? undefined : numberOf(files, path));
  const numbers = (paths: readonly string[]) => paths.map(number).filter((value) => value !== undefined);
  const load = number(sensors.gpuLoad);
  const temperatures = numbers(sensors.temperatures);
  const counters = numbers(sensors.throttleCounters);
  const states = numbers(sensors.coolingStates);
  return {
    time,
    ...power,
    gpuHertz: number(sensors.gpuClock),
    memoryHertz: number(sensors.memoryClock),
    temperatureCelsius: temperatures.length === 0 ? undefined : Math.max(...temperatures) / 1e3,
    busyFraction: load === undefined ? undefined : Math.min(1, Math.max(0, load / 1e3)),
    throttleEvents: counters.length === 0 ? undefined : counters.reduce((sum, count) => sum + count, 0),
    isHot: states.length === 0 ? undefined : states.some((state) => state > 0),
  };
}

function readRails(files: BoardFiles, rails: readonly Rail[]): Pick<BoardSample, "watts" | "reason"> {
  try {
    return { watts: new Map(rails.map((rail) => [rail.name, readRail(files, rail)])) };
  } catch (error) {
    return {
      watts: undefined,
      reason: `power could not be read (${error instanceof Error ? error.message : String(error)})`,
    };
  }
}

const thermalFolder = "/sys/class/thermal";

/** Zones of switched-off parts of the chip refuse to be read; PMIC-Die of the Nano always says 100 °C. */
function findTemperatures(files: BoardFiles): readonly string[] {
  const zones = files
    .list(thermalFolder)
    .filter((name) => /^thermal_zone\d+$/.test(name))
    .map((name) => ({
      type: textOf(files, `${thermalFolder}/${name}/type`) ?? "",
      temperature: `${thermalFolder}/${name}/temp`,
    }))
    .filter(({ temperature }) => numberOf(files, temperature) !== undefined);
  const junction = zones.filter(({ type }) => /^tj\b/i.test(type));
  const chip = zones.filter(({ type }) => /^(cpu|gpu|soc|aux|bcpu|mcpu|cv)\d?-therm/i.test(type));
  return (junction.length > 0 ? junction : chip).map(({ temperature }) => temperature);
}

/** Orin and later: the driver `soctherm_oc`. */
function findThrottleCounters(files: BoardFiles): readonly string[] {
  const folder = "/sys/class/hwmon";
  return files
    .list(folder)
    .filter((name) => textOf(files, `${folder}/${name}/name`) === "soctherm_oc")
    .flatMap((name) =>
      files
        .list(`${folder}/${name}`)
        .filter((file) => /^oc\d+_event_cnt$/.test(file))
        .map((file) => `${folder}/${name}/${file}`),
    );
}

/** Cooling devices that stand for lowered clocks, such as `cpu-throttle-alert`; fans are others. */
function findCoolingStates(files: BoardFiles): readonly string[] {
  return files
    .list(thermalFolder)
    .filter((name) => /^cooling_device\d+$/.test(name))
    .filter((name) => /throttle/i.test(textOf(files, `${thermalFolder}/${name}/type`) ?? ""))
    .map((name) => `${thermalFolder}/${name}/cur_state`);
}

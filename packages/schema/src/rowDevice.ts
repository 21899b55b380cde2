import { parseClockReasons } from "./clockReasons.ts";
import { describeFound } from "./describeFound.ts";
import { InputError } from "./inputError.ts";
import type { DeviceReadings } from "./measurement.ts";
import type { NumberColumnName } from "./measurementColumns.ts";
import { numberSlot as at } from "./rowNumbers.ts";

/** Texts of a row about its device. */
export interface DeviceTexts {
  readonly powerSource: string;
  readonly clockReasons: string;
}

/**
 * What the device of a measured row reported of itself; undefined when the row tells nothing of it.
 *
 * @param values  the row's numbers, checked and filled
 * @throws InputError when an average has no range around it, or lies outside of it
 */
export function rowDevice(values: Float64Array, texts: DeviceTexts): DeviceReadings | undefined {
  const value = (name: NumberColumnName) => orNull(values[at[name]]!);
  const device = {
    powerSource: parsePowerSource(texts.powerSource),
    powerWatts: reading(values, "power_integral_w", "power_integral_least_w", "power_integral_most_w"),
    idleWatts: value("power_idle_w"),
    gpuHertz: reading(values, "gpu_clock_hz", "gpu_clock_least_hz", "gpu_clock_most_hz"),
    memoryHertz: reading(values, "memory_clock_hz", "memory_clock_least_hz", "memory_clock_most_hz"),
    temperatureCelsius: reading(values, "temperature_c", "temperature_least_c", "temperature_most_c"),
    busyFraction: reading(values, "busy_fraction", "busy_least_fraction", "busy_most_fraction"),
    clockReasons: parseClockReasons(texts.clockReasons),
    batchSeconds: value("device_latency_mean_s"),
  };
  return Object.values(device).every((each) => each === null) ? undefined : device;
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function reading(values: Float64Array, ...names: readonly [NumberColumnName, NumberColumnName, NumberColumnName]) {
  const [mean, least, most] = names.map((name) => values[at[name]]!) as [number, number, number];
  const missing = [mean, least, most].filter(Number.isNaN).length;
  if (missing === 3) return null;
  if (missing > 0)
    throw problem(names[0], "does not have all of average, least and most", `fill ${names.join(", ")}, or empty them`);
  if (mean < least || mean > most)
    throw problem(names[0], `is ${mean}, outside its range ${least} to ${most}`, "correct one of them");
  return { mean, least, most };
}

function parsePowerSource(text: string): DeviceReadings["powerSource"] {
  if (text === "") return null;
  if (text === "counter" || text === "integral") return text;
  throw problem(
    "power_source",
    `is ${describeFound(text)}, expected "counter" or "integral"`,
    "correct it, or empty it",
  );
}

function problem(column: string, problem: string, advice: string): InputError {
  return new InputError({ what: `column "${column}"`, problem, advice });
}

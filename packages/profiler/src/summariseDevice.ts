import type { DeviceReadings, Samples, Telemetry, Watts } from "@partitune/schema";
import { readingInWindow, type Window } from "./readingInWindow.ts";
import { reasonsInWindow } from "./reasonsInWindow.ts";

/** What is known of the device's energy beside its readings. */
export interface EnergyKnown {
  /** Whether an energy counter told of the window. */
  readonly counted: boolean;
  /** Whether the power meter stopped: then its readings tell no power either. */
  readonly stopped: boolean;
  /** Power of the empty device; null when it was not measured. */
  readonly idleWatts: Watts | null;
}

/** Readings of a device with the reason for each that is null, by the name of the column. */
export interface DeviceSummary {
  readonly device: DeviceReadings;
  readonly nulls: Readonly<Record<string, string>>;
}

/** Each reading: its column in the samples, and in the table. */
const readings = {
  powerWatts: { from: "power_w", to: "power_integral_w" },
  gpuHertz: { from: "gpu_clock_hz", to: "gpu_clock_hz" },
  memoryHertz: { from: "memory_clock_hz", to: "memory_clock_hz" },
  temperatureCelsius: { from: "temperature_c", to: "temperature_c" },
  busyFraction: { from: "busy_fraction", to: "busy_fraction" },
} as const;

type ReadingName = keyof typeof readings;

/**
 * What the device reported of itself in the measuring window, from the samples alone.
 *
 * @returns undefined when it reported nothing at all
 */
export function summariseDevice(
  samples: Samples,
  window: Window,
  { counted, stopped, idleWatts }: EnergyKnown,
): DeviceSummary | undefined {
  const { telemetry } = samples;
  const batchSeconds = meanBatch(samples);
  if (telemetry === undefined && batchSeconds === null && idleWatts === null) return undefined;
  const found = telemetry === undefined ? noReadings : readAll(telemetry, window);
  const { powerWatts } = found.device;
  const device: DeviceReadings = {
    ...found.device,
    powerSource: counted ? "counter" : stopped || powerWatts === null ? null : "integral",
    idleWatts,
    clockReasons: telemetry === undefined ? null : reasonsInWindow(telemetry, window),
    batchSeconds,
  };
  return Object.values(device).every((value) => value === null) ? undefined : { device, nulls: found.nulls };
}

type Readings = Pick<DeviceReadings, ReadingName>;

const noReadings: { readonly device: Readings; readonly nulls: Readonly<Record<string, string>> } = {
  device: { powerWatts: null, gpuHertz: null, memoryHertz: null, temperatureCelsius: null, busyFraction: null },
  nulls: {},
};

function readAll(telemetry: Telemetry, window: Window): typeof noReadings {
  const device: { -readonly [Name in ReadingName]: Readings[Name] } = { ...noReadings.device };
  const nulls: Record<string, string> = {};
  for (const name of Object.keys(readings) as ReadingName[]) {
    const { from, to } = readings[name];
    const { value, reason } = readingInWindow(telemetry.time_s, telemetry[from], window);
    device[name] = value;
    if (reason !== undefined) nulls[to] = reason;
  }
  return { device, nulls };
}

function meanBatch({ device_s, warmup }: Samples): number | null {
  const measured = device_s?.slice(warmup) ?? [];
  return measured.length === 0 ? null : measured.reduce((sum, time) => sum + time, 0) / measured.length;
}

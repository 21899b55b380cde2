import type { Seconds, Telemetry } from "@partitune/schema";

/** Kept digits, finer than any sensor: 0.1 ms, 1 mW, 1 kHz, 0.01 °C, 0.01 %. */
const perUnit = { time_s: 1e4, power_w: 1e3, clock_hz: 1e-3, temperature_c: 1e2, busy_fraction: 1e4 } as const;

/**
 * What a device reported on the executor's clock, as it is kept beside the samples: times from the first batch on, and no more digits
 * than sensors have.
 *
 * @param origin  start of the first batch on the executor's clock
 */
export function toTelemetry(reported: Telemetry, origin: Seconds): Telemetry {
  const rounded = (values: readonly (number | null)[], scale: number) =>
    values.map((value) => (value === null ? null : Math.round(value * scale) / scale));
  return {
    time_s: reported.time_s.map((time) => Math.round((time - origin) * perUnit.time_s) / perUnit.time_s),
    power_w: rounded(reported.power_w, perUnit.power_w),
    gpu_clock_hz: rounded(reported.gpu_clock_hz, perUnit.clock_hz),
    memory_clock_hz: rounded(reported.memory_clock_hz, perUnit.clock_hz),
    temperature_c: rounded(reported.temperature_c, perUnit.temperature_c),
    busy_fraction: rounded(reported.busy_fraction, perUnit.busy_fraction),
    clock_reasons: reported.clock_reasons,
  };
}

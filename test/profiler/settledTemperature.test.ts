import type { Telemetry } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { settledTemperature } from "../../packages/profiler/src/settledTemperature.ts";

/** Read every second. */
function telling(temperature_c: readonly (number | null)[]): Telemetry {
  const none = temperature_c.map(() => null);
  return {
    time_s: temperature_c.map((_, i) => i),
    power_w: none,
    gpu_clock_hz: none,
    memory_clock_hz: none,
    temperature_c,
    busy_fraction: none,
    clock_reasons: none,
  };
}
const rising = (perSecond: number) => telling(Array.from({ length: 21 }, (_, i) => 40 + perSecond * i));

describe("settledTemperature", () => {
  test("asks for a slope below 1 °C per 10 s", () => {
    expect(settledTemperature(rising(0.09), 20, 10)).toBe(true);
    expect(settledTemperature(rising(0.12), 20, 10)).toBe(false);
    expect(settledTemperature(rising(-0.12), 20, 10)).toBe(false);
  });

  test("takes one step of a sensor that tells whole degrees for none", () => {
    const whole = (values: readonly number[]) => settledTemperature(telling(values), 10, 10);
    expect(whole([50, 50, 50, 50, 50, 51, 51, 51, 51, 51, 51])).toBe(true);
    expect(whole([50, 50, 50, 50, 51, 51, 51, 52, 52, 52, 52])).toBe(false);
  });

  test("cannot tell before it has looked back far enough", () => {
    expect(settledTemperature(telling([50, 50, 50, 50]), 3, 10)).toBe(false);
    expect(settledTemperature(telling([50, 50, 50, 50]), 3, 2)).toBe(true);
  });

  test("does not hold up devices that tell no temperature", () => {
    expect(settledTemperature(telling([null, null]), 1, 10)).toBe(true);
  });
});

import type { Telemetry } from "@partitune/schema";
import { expect, test } from "vitest";
import { reasonsInWindow } from "../../packages/profiler/src/reasonsInWindow.ts";

function telling(clock_reasons: readonly (string | null)[], period = 1): Telemetry {
  const none = clock_reasons.map(() => null);
  return {
    time_s: clock_reasons.map((_, i) => i * period),
    power_w: none,
    gpu_clock_hz: none,
    memory_clock_hz: none,
    temperature_c: none,
    busy_fraction: none,
    clock_reasons,
  };
}

test("a reason holds until the next reading; its share is of the window", () => {
  const reasons = reasonsInWindow(telling(["", "power-cap", "power-cap+idle", ""]), { from: 0.5, to: 3.5 });
  expect(reasons).toEqual({ "power-cap": 2 / 3, idle: 1 / 3 });
});

test("none that applied is not the same as none that is known", () => {
  expect(reasonsInWindow(telling(["", "", ""]), { from: 0, to: 2 })).toEqual({});
  expect(reasonsInWindow(telling([null, null]), { from: 0, to: 2 })).toBeNull();
  expect(reasonsInWindow(telling([]), { from: 0, to: 2 })).toBeNull();
  expect(reasonsInWindow(telling(["idle"]), { from: 10, to: 20 })).toBeNull();
});

test("what could not be read counts for nothing", () => {
  expect(reasonsInWindow(telling(["idle", null, "", ""]), { from: 0, to: 4 })).toEqual({ idle: 1 / 3 });
});

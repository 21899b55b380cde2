import { type Session, virtualClock } from "@partitune/profiler";
import { describe, expect, test } from "vitest";
import { coolDown } from "../../packages/profiler/src/coolDown.ts";

const running = new AbortController().signal;

/** A session on a chip whose temperature is a function of time; no sensor when undefined. */
function sessionOf(temperatureAt: ((time: number) => number) | undefined): Session {
  const nothing = () => Promise.reject(new Error("not asked for"));
  const session = { mechanism: "none", run: nothing, usage: nothing, close: async () => {} };
  if (temperatureAt === undefined) return session;
  return {
    ...session,
    async telemetry(_from, to) {
      const none = [null];
      return {
        time_s: [to],
        power_w: none,
        gpu_clock_hz: none,
        memory_clock_hz: none,
        temperature_c: [temperatureAt(to)],
        busy_fraction: none,
        clock_reasons: none,
      };
    },
  };
}

async function timeTo(
  temperatureAt: ((time: number) => number) | undefined,
  target: number | undefined,
  blind?: number,
) {
  const clock = virtualClock();
  await coolDown(sessionOf(temperatureAt), {
    clock,
    signal: running,
    target,
    ...(blind === undefined ? {} : { blind }),
  });
  return clock.now();
}

describe("coolDown", () => {
  test("waits until the chip is back within 2 °C of where the round began", async () => {
    // From 80 °C down by half a degree a second: 42 °C after 76 s.
    expect(await timeTo((time) => 80 - time / 2, 40)).toBeCloseTo(76, 6);
    expect(await timeTo(() => 41.5, 40)).toBe(0);
  });

  test("gives up after 120 s", async () => {
    expect(await timeTo(() => 70, 40)).toBeCloseTo(120, 6);
  });

  test("waits 20 s where no temperature is told, or none to come back to", async () => {
    expect(await timeTo(undefined, 40)).toBeCloseTo(20, 6);
    expect(await timeTo(() => 70, undefined)).toBeCloseTo(20, 6);
    expect(await timeTo(undefined, undefined, 0)).toBe(0);
  });

  test("ends at once when the campaign does", async () => {
    const clock = virtualClock();
    await coolDown(
      sessionOf(() => 90),
      { clock, signal: AbortSignal.abort(), target: 40 },
    );
    expect(clock.now()).toBe(0);
  });
});

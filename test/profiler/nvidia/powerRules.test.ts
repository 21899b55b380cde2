import {
  choosePower,
  energyScope,
  findUpdatePeriod,
  integratePower,
  plainPower,
  powerDoubts,
  powerWarnings,
  seenFraction,
  watchEnergyCounter,
} from "@partitune/profiler";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

/** Times at which a sensor that is renewed every `period` is read every `step`, and which update each reading shows. */
function readings(seconds: number, step: number, period: number) {
  const times = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, i) => i * step);
  return { times, updates: times.map((time) => Math.floor(time / period + 1e-9)) };
}

describe("the period of a sensor", () => {
  test.each([0.02, 0.05, 0.1, 0.25])("a period of %d s is found from readings every 10 ms", (period) => {
    const { times, updates } = readings(10, 0.01, period);
    const found = findUpdatePeriod(times, updates)!;
    expect(found.seconds).toBeCloseTo(period, 3);
    expect(found.resolved).toBe(true);
  });

  test("updates that bring the same value do not lengthen it", () => {
    const { times, updates } = readings(30, 0.02, 0.1);
    const values = updates.map(
      (update) => Math.floor(update / 4) + (update % 4 === 0 ? 0 : update % 4 === 3 ? 0.5 : 0.2),
    );
    expect(findUpdatePeriod(times, values)!.seconds).toBeCloseTo(0.1, 2);
  });

  test("a sensor that has changed at every reading may be faster than that", () => {
    const { times } = readings(5, 0.05, 0.01);
    const found = findUpdatePeriod(
      times,
      times.map((_, i) => i),
    );
    expect(found).toMatchObject({ resolved: false });
    expect(found!.seconds).toBeCloseTo(0.05, 6);
  });

  test("too few changes tell nothing", () => {
    const { times, updates } = readings(0.7, 0.01, 0.1);
    expect(findUpdatePeriod(times, updates)).toBeNull();
    expect(findUpdatePeriod([], [])).toBeNull();
  });
});

describe("the integral of power", () => {
  test("constant power over a window is power × time, however often it was read", () => {
    const times = Array.from({ length: 500 }, (_, i) => i * 0.02);
    const watts = times.map(() => 250);
    expect(integratePower({ times, watts }, 1, 9, 0.1).value).toBeCloseTo(2000, 9);
  });

  test("a step after a long time of the same reading stays a step: it is not taken for a ramp", () => {
    const { times } = readings(10, 0.05, 0.1);
    const watts = times.map((time) => (time < 5 ? 100 : 300));
    // 5 s at 100 W, 5 s at 300 W; the step itself is uncertain by one period: half of 0.1 s × 200 W.
    expect(integratePower({ times, watts }, 0, 10, 0.1).value).toBeCloseTo(2000 + 10, 6);
  });

  test("power that rises evenly has half its end, whatever the sensor repeats", () => {
    const { times, updates } = readings(20, 0.02, 0.1);
    const watts = updates.map((update) => update * 2);
    // What a sensor shows is older than it by half a period on average: 20 s × 200 W × 1/2 up to one period.
    const joules = integratePower({ times, watts }, 0, 20, 0.1).value!;
    expect(Math.abs(joules - 4000)).toBeLessThan(0.1 * 400);
  });

  test("readings that are missing for more than a second leave it unknown, with the time", () => {
    const times = [0, 0.5, 1, 3, 3.5, 4];
    const watts = [100, 100, 100, 100, 100, 100];
    expect(integratePower({ times, watts }, 0, 4, 0.1)).toEqual({
      value: null,
      reason: "power was not read for 2.0 s of the window",
    });
    expect(integratePower({ times, watts: watts.map(() => null) }, 0, 4, 0.1).value).toBeNull();
    expect(integratePower({ times, watts }, 10, 12, 0.1).value).toBeNull();
    expect(integratePower({ times, watts }, 2, 2, 0.1).value).toBeNull();
  });

  test("windows that follow each other add up", () => {
    const series = fc.array(fc.double({ min: 10, max: 700, noNaN: true }), { minLength: 30, maxLength: 80 });
    fc.assert(
      fc.property(series, fc.double({ min: 0.1, max: 0.9, noNaN: true }), (watts, share) => {
        const times = watts.map((_, i) => i * 0.1);
        const [from, to] = [0.5, times.at(-1)! - 0.5];
        const middle = from + share * (to - from);
        const whole = integratePower({ times, watts }, from, to, 0.1).value!;
        const parts = [
          integratePower({ times, watts }, from, middle, 0.1),
          integratePower({ times, watts }, middle, to, 0.1),
        ];
        expect(parts[0]!.value! + parts[1]!.value!).toBeCloseTo(whole, 6);
      }),
    );
  });

  test("its mean lies between the least and the highest reading", () => {
    const series = fc.array(fc.integer({ min: 50, max: 700 }), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(series, (watts) => {
        const times = watts.map((_, i) => i * 0.05);
        const to = times.at(-1)!;
        const mean = integratePower({ times, watts }, 0, to, 0.1).value! / to;
        expect(mean).toBeGreaterThanOrEqual(Math.min(...watts) - 1e-9);
        expect(mean).toBeLessThanOrEqual(Math.max(...watts) + 1e-9);
      }),
    );
  });
});

describe("the energy counter", () => {
  test("a reading lower than the last is null with a reason, and the next good one counts again", () => {
    const counter = watchEnergyCounter(700);
    expect(counter.push(0, 1000)).toEqual({ value: 1000 });
    expect(counter.push(1, 3)).toEqual({ value: null, reason: "the energy counter fell from 1000 J to 3 J" });
    expect(counter.push(2, 1800)).toEqual({ value: 1800 });
  });

  test("a rise that the card cannot have used is null with a reason", () => {
    const counter = watchEnergyCounter(700);
    counter.push(0, 1000);
    // 1.2 × 700 W × (1 s + 1 s of grace) = 1680 J
    expect(counter.push(1, 1000 + 1680).value).toBe(2680);
    expect(counter.push(2, 2680 + 1681).reason).toMatch(/rose by 1681 J, more than/);
  });

  test("a counter that goes on from a lower value has begun again: nothing can be compared any more", () => {
    const counter = watchEnergyCounter(700);
    counter.push(0, 1_000_000);
    const after = [10, 60, 110, 160, 2_000_000].map((joules, i) => counter.push(i + 1, joules));
    expect(after.map(({ value }) => value)).toEqual([null, null, null, null, null]);
    expect(after.at(-1)!.reason).toMatch(/has begun again/);
  });

  test("one wrong update that is read several times is one", () => {
    const counter = watchEnergyCounter(700);
    counter.push(0, 1000);
    for (const time of [0.1, 0.2, 0.3, 0.4]) expect(counter.push(time, 7).value).toBeNull();
    expect(counter.push(0.5, 1100).value).toBe(1100);
  });

  test("no reading is null with the reason that was given", () => {
    expect(watchEnergyCounter(null).push(0, null, "not supported")).toEqual({ value: null, reason: "not supported" });
  });

  test("whatever it says, two readings that are told never differ by less than nothing or more than can be", () => {
    const steps = fc.array(
      fc.tuple(fc.double({ min: 0.01, max: 2, noNaN: true }), fc.integer({ min: -2000, max: 5000 })),
    );
    fc.assert(
      fc.property(steps, (list) => {
        const counter = watchEnergyCounter(700);
        let [time, joules] = [0, 10_000];
        const told: { readonly time: number; readonly value: number }[] = [];
        for (const [seconds, change] of list) {
          time += seconds;
          joules = Math.max(0, joules + change);
          const { value } = counter.push(time, joules);
          if (value !== null) told.push({ time, value });
        }
        for (const [i, next] of told.slice(1).entries()) {
          const rise = next.value - told[i]!.value;
          expect(rise).toBeGreaterThanOrEqual(0);
          expect(rise).toBeLessThanOrEqual(1.2 * 700 * (next.time - told[i]!.time + 1) + 1e-6);
        }
      }),
    );
  });
});

describe("doubts about a window's energy", () => {
  const good = {
    seconds: 20,
    counterJoules: 8000,
    integralJoules: 8100,
    updateSeconds: 0.1,
    limitWatts: 700,
    load: true,
  };

  test("a window of 20 s at an update every 100 ms is exact to 1 %, and agrees", () => {
    expect(powerDoubts(good)).toEqual({
      energy: { value: 8000 },
      relativeError: 0.01,
      ratio: 8000 / 8100,
      flags: [],
    });
  });

  test("a window of 2 s can be wrong by 10 %, one of 10 s by 2 %, which is still believed", () => {
    expect(powerDoubts({ ...good, seconds: 2, counterJoules: 800, integralJoules: 800 })).toMatchObject({
      relativeError: 0.1,
      flags: ["short-power-window"],
    });
    expect(powerDoubts({ ...good, seconds: 10, counterJoules: 4000, integralJoules: 4000 }).flags).toEqual([]);
  });

  test("a counter and an integral that differ by more than 5 % disagree, under load only", () => {
    expect(powerDoubts({ ...good, integralJoules: 8500 }).flags).toEqual(["power-disagrees"]);
    expect(powerDoubts({ ...good, integralJoules: 7600 }).flags).toEqual(["power-disagrees"]);
    expect(powerDoubts({ ...good, integralJoules: 8500, load: false }).flags).toEqual([]);
    expect(powerDoubts({ ...good, integralJoules: null })).toMatchObject({ ratio: null, flags: [] });
  });

  test("energy that cannot be is null with a reason: none, and above 1.2 × the limit", () => {
    expect(powerDoubts({ ...good, counterJoules: 0 }).energy).toEqual({
      value: null,
      reason: "the energy counter did not rise in the window",
    });
    expect(powerDoubts({ ...good, counterJoules: 16_801 }).energy.reason).toBe(
      "the energy counter tells 840 W on average, at a limit of 700 W",
    );
    expect(powerDoubts({ ...good, counterJoules: 16_801, limitWatts: null }).energy.value).toBe(16_801);
    expect(powerDoubts({ ...good, counterJoules: null }).energy.value).toBeNull();
  });
});

describe("what a power reading stands for", () => {
  // NVML reference, nvmlDeviceGetPowerUsage: a 1 s average on Ampere except GA100 and newer; instantaneous on GA100 and older.
  test.each([
    ["7.0", "instant"],
    ["7.5", "instant"],
    ["8.0", "instant"],
    ["8.6", "average"],
    ["8.9", "average"],
    ["9.0", "average"],
    ["10.0", "average"],
    ["12.0", "average"],
  ] as const)("the plain reading of compute capability %s is the %s one", (capability, kind) => {
    expect(plainPower(capability)).toBe(kind);
  });

  // arXiv 2312.02741, table of sensors: 25 of every 100 ms on A100 and H100 (instant), all of the time on GA10x and Ada.
  test("the reading that leaves nothing out comes first", () => {
    expect(choosePower("8.6")[0]).toBe("instant");
    expect(choosePower("9.0")[0]).toBe("average");
    expect(choosePower(null)[0]).toBe("average");
    expect([seenFraction("8.0", "plain"), seenFraction("9.0", "instant"), seenFraction("9.0", "average")]).toEqual([
      0.25, 0.25, 1,
    ]);
    expect(seenFraction("10.0", "instant")).toBeNull();
  });

  test("a card that sees a quarter of the time, a module's counter and MIG are warned of", () => {
    const codes = (...args: Parameters<typeof powerWarnings>) => powerWarnings(...args).map(({ code }) => code);
    expect(codes("A100", { seen: 0.25, scope: "gpu", migEnabled: true })).toEqual([
      "partial-power-sampling",
      "device-power",
    ]);
    expect(codes("GH200", { seen: 1, scope: "module", migEnabled: false })).toEqual(["module-power"]);
    expect(codes("A40", { seen: 1, scope: "gpu", migEnabled: false })).toEqual([]);
  });

  test("on GH200 the counter is that of the module", () => {
    expect(energyScope("NVIDIA GH200 480GB")).toBe("module");
    expect(energyScope("NVIDIA H200")).toBe("gpu");
  });
});

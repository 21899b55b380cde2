import { plots, renderReport, type SampleRun } from "@partitune/report";
import type { DeviceReadings, IdleBaseline, Profile, Samples } from "@partitune/schema";
import { describe, expect, it } from "vitest";
import { syntheticInput } from "./syntheticInput.ts";

const seconds = Array.from({ length: 40 }, (_, i) => i / 2);
/** Reports for 20 s: 90 W, then 210 W; cools down; lowers its clocks from 10 s to 12 s. */
const samples: Samples = {
  warmup: 4,
  start_s: seconds,
  end_s: seconds.map((time) => time + 0.4),
  service_s: seconds.map(() => 0.4),
  telemetry: {
    time_s: seconds,
    power_w: seconds.map((time) => (time < 5 ? 90 : 210)),
    gpu_clock_hz: seconds.map((time) => (time >= 10 && time < 12 ? 1.2e9 : 1.98e9)),
    memory_clock_hz: seconds.map(() => 2.6e9),
    temperature_c: seconds.map((time) => (time === 7 ? null : 60 - time)),
    busy_fraction: seconds.map(() => null),
    clock_reasons: seconds.map((time) => (time >= 10 && time < 12 ? "power-cap+thermal-software" : "")),
  },
};
const { telemetry: _, ...silent } = samples;
const run = (given: Samples): SampleRun => ({ name: "resnet50 whole batch 8", samples: given, synthetic: false });
const labelsOf = (html: string) => [...html.matchAll(/aria-label="(resnet50[^"]*)"/g)].map(([, label]) => label);

describe("the run of a device that reports of itself", () => {
  const { html, text, caption } = plots.runSequence([run(samples)]);

  it("shows what was reported over the time of the samples, a strip for each quantity that was", () => {
    expect(labelsOf(html)).toEqual([
      "resnet50 whole batch 8: service time of every batch in run order",
      "resnet50 whole batch 8: power of the device over time",
      "resnet50 whole batch 8: clocks of the device over time",
      "resnet50 whole batch 8: temperature of the device over time",
      "resnet50 whole batch 8: reasons for lower clocks over time",
    ]);
    expect(html).toContain("power (W)");
    expect(html).toContain("clocks (GHz)");
    expect(html).toContain("temperature (°C)");
    expect(html).toContain("thermal-software");
    expect(html).not.toMatch(/NaN|Infinity/);
    expect(caption).toContain("the whole device whatever the partition");
  });

  it("gives the ranges as text", () => {
    expect(text).toMatch(/readings +power +multiprocessors' clock/);
    expect(text).toMatch(/ 40 +90 W to 210 W +1\.2 GHz to 1\.98 GHz +2\.6 GHz +40\.5 °C to 60 °C +–/);
  });

  it("shows samples alone where nothing was reported", () => {
    const without = plots.runSequence([run(silent)]);
    expect(labelsOf(without.html)).toHaveLength(1);
    expect(without.text).not.toContain("readings");
    expect(without.caption).not.toContain("the whole device");
  });

  it("keeps peaks of a long recording, in a drawing that stays small", () => {
    const times = Array.from({ length: 20_000 }, (_, i) => i / 1000);
    const none = times.map(() => null);
    const telemetry = {
      time_s: times,
      power_w: times.map((_, i) => (i === 12_345 ? 700 : 100)),
      gpu_clock_hz: none,
      memory_clock_hz: none,
      temperature_c: none,
      busy_fraction: none,
      clock_reasons: none,
    };
    const long = plots.runSequence([run({ ...samples, telemetry })]);
    expect(long.html).toContain(">600</text>");
    expect(long.html.length).toBeLessThan(100_000);
    expect(long.text).toContain("100 W to 700 W");
  });

  it("is drawn where nothing was measured, or nothing read", () => {
    const nothing = {
      time_s: [],
      power_w: [],
      gpu_clock_hz: [],
      memory_clock_hz: [],
      temperature_c: [],
      busy_fraction: [],
      clock_reasons: [],
    };
    const empty = { warmup: 0, start_s: [], end_s: [], service_s: [], telemetry: nothing };
    expect(plots.runSequence([run(empty)]).html).not.toMatch(/NaN|Infinity/);
  });
});

describe("the page of a profile with device readings", () => {
  const device: DeviceReadings = {
    powerSource: "counter",
    powerWatts: { mean: 199, least: 190, most: 210 },
    idleWatts: 50,
    gpuHertz: { mean: 1.41e9, least: 1.4e9, most: 1.42e9 },
    memoryHertz: null,
    temperatureCelsius: { mean: 61.5, least: 60, most: 63 },
    busyFraction: { mean: 0.985, least: 0.9, most: 1 },
    clockReasons: { "power-cap": 0.25 },
    batchSeconds: null,
  };
  const idle: IdleBaseline = {
    environment: "e",
    at: "2026-01-01T00:00:00Z",
    moment: "before",
    state: "empty",
    windowSeconds: 30,
    powerSource: "counter",
    powerWatts: { mean: 50, sd: 0.25 },
    temperatureCelsius: 33,
  };
  const { profile } = syntheticInput();
  const measurements = profile!.measurements.map((row) =>
    row.outcome.kind === "measured"
      ? { ...row, outcome: { ...row.outcome, results: { ...row.outcome.results, powerMeanWatts: 200, device } } }
      : row,
  );
  const page = (told: Profile) => renderReport({ title: "t", profile: told });

  it("shows power gross and net, clocks, temperature and why clocks were lowered, for each configuration", () => {
    const html = page({ ...profile!, measurements, idle: [idle] });
    expect(html).toContain("The device meanwhile");
    for (const cell of ["200 W", "150 W", "1.41 GHz", "61.5 °C", "98.5 %", "power-cap 25 %"])
      expect(html).toContain(cell);
    expect(html).toContain("Power of the idle device");
    expect(html).toContain("50 ± 0.25 W");
  });

  it("says nothing of it where the device reported nothing", () => {
    const html = page(profile!);
    expect(html).not.toContain("The device meanwhile");
    expect(html).not.toContain("Power of the idle device");
  });
});

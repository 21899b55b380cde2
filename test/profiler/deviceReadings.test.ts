import { buildSpace, memorySink, profile, syntheticDevice, syntheticExecutor } from "@partitune/profiler";
import type { Measurement, MeasurementResults, Protocol, Samples } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { summarise } from "../../packages/profiler/src/summarise.ts";
import { unknownUsage } from "../../packages/profiler/src/usageInWindow.ts";
import { reportingExecutor, type Script, sensorPeriod } from "./fixtures/reportingExecutor.ts";
import { share, shortProtocol, syntheticWorkload } from "./fixtures/syntheticCampaign.ts";

const steadyNoise = { outliers: { probability: 0, factor: 1 } };
/** 600 ms a batch, so that the sensor, read every 100 ms, sees each of them. */
const slow = syntheticWorkload("slow", { fixedSeconds: 0.6, perItemSeconds: 0, serialFraction: 0, noise: 0.01 }, [1]);
const space = buildSpace(syntheticDevice, { workloads: [slow], partitions: [share(1)] });
const protocol: Protocol = { ...shortProtocol, warmupBudgetSeconds: 60, budgetSeconds: 30 };

async function measured(script: Script, rules: Partial<Protocol> = {}) {
  const executor = reportingExecutor(syntheticExecutor(steadyNoise), script);
  const sink = memorySink();
  const { profile: built } = await profile(executor, space, { ...protocol, ...rules }, sink);
  const done = sink.entries.filter((entry) => entry.type === "done");
  const { measurement, samples } = done.find((entry) => !entry.measurement.baseline)!;
  return {
    opening: done[0]!,
    row: measurement,
    results: resultsOf(measurement),
    samples,
    sink,
    warnings: built!.warnings,
  };
}

function resultsOf({ outcome }: Measurement): MeasurementResults {
  if (outcome.kind === "measured") return outcome.results;
  throw new Error(outcome.reason);
}

/** Draws 20 W, and 200 W more while it computes. */
const watts = (_time: number, { running }: { readonly running: number }) => 20 + 200 * running;
const shown: Script["shown"] = (time, load) => ({
  power: watts(time, load),
  gpuHertz: 1.98e9,
  memoryHertz: 2.6e9,
  temperature: 45,
  busy: load.running > 0 ? 1 : 0,
  reasons: load.running > 0 ? "power-cap" : "idle",
});

describe("what a device reports while it is measured", () => {
  test("becomes averages over the measuring window, warm-up left out", async () => {
    const hotAtFirst: Script["shown"] = (time, load) => ({ ...shown(time, load), gpuHertz: time < 9 ? 9e9 : 1.98e9 });
    const { results } = await measured({ shown: hotAtFirst, counted: watts, deviceShare: 0.5 });
    expect(results.device).toMatchObject({
      powerSource: "counter",
      gpuHertz: { mean: 1.98e9, least: 1.98e9, most: 1.98e9 },
      temperatureCelsius: { mean: 45, least: 45, most: 45 },
      busyFraction: { most: 1 },
    });
    expect(results.device!.powerWatts!.mean).toBeCloseTo(220, 6);
    expect(results.device!.clockReasons!["power-cap"]).toBeCloseTo(1, 6);
    expect(results.device!.batchSeconds).toBeCloseTo(results.latency.mean / 2, 6);
    expect(results.powerMeanWatts).toBeCloseTo(220, 3);
  });

  test("is kept beside the samples on their clock, and gives the same numbers again", async () => {
    const { results, samples, sink } = await measured({ shown, deviceShare: 0.5 });
    expect(samples.telemetry!.time_s[0]).toBeGreaterThanOrEqual(0);
    expect(samples.telemetry!.time_s[0]).toBeLessThanOrEqual(sensorPeriod);
    const stored = JSON.parse(JSON.stringify(samples)) as Samples;
    const again = summarise(stored, {
      batch: 1,
      protocol: sink.journal.header!.protocol,
      stoppedBy: results.stoppedBy,
      usage: { ...unknownUsage("none"), reasons: {} },
      idleWatts: sink.journal.idle.find(({ state }) => state === "empty")!.powerWatts.mean,
    });
    expect(again.device).toEqual(results.device);
    expect(again.powerMeanWatts).toBe(results.powerMeanWatts);
    expect(again.energyPerRequestJoules).toBe(results.energyPerRequestJoules);
  });

  test("gives power and energy where there is no counter, and says so", async () => {
    const { results } = await measured({ shown });
    expect(results.device!.powerSource).toBe("integral");
    expect(results.powerMeanWatts).toBe(results.device!.powerWatts!.mean);
    expect(results.energyPerRequestJoules).toBeCloseTo((220 * results.windowSeconds) / results.samples, 6);
    expect(results.nulls).not.toHaveProperty("power_mean_w");
  });

  test("is null with a reason where it cannot be read", async () => {
    const { results } = await measured({ shown: () => ({ temperature: 30 }), counted: watts });
    expect(results.device).toMatchObject({ powerWatts: null, gpuHertz: null, clockReasons: null });
    expect(results.nulls).toMatchObject({
      power_integral_w: "the device does not tell",
      gpu_clock_hz: "the device does not tell",
      busy_fraction: "the device does not tell",
    });
    expect(results.nulls).not.toHaveProperty("temperature_c");
  });

  test("leaves no trace in results or samples where the device reports nothing", async () => {
    const sink = memorySink();
    await profile(syntheticExecutor(steadyNoise), space, protocol, sink);
    const rows = sink.entries.flatMap((entry) => (entry.type === "done" ? [entry] : []));
    expect(rows).not.toHaveLength(0);
    for (const { measurement, samples } of rows) {
      expect(resultsOf(measurement)).not.toHaveProperty("device");
      expect(Object.keys(samples)).toEqual(["warmup", "start_s", "end_s", "service_s"]);
    }
  });
});

describe("doubts from device readings", () => {
  test("the counter and the integral differ by more than 5 % under load", async () => {
    const { row } = await measured({ shown, counted: (time, load) => 1.08 * watts(time, load) });
    expect(row.flags).toContain("power-disagrees");
    const { row: near } = await measured({ shown, counted: (time, load) => 1.03 * watts(time, load) });
    expect(near.flags).not.toContain("power-disagrees");
  });

  test("a meter that is updated every 100 ms has measuring go on for 10 s, within the budget", async () => {
    const slowly: Script["usage"] = (usage) => ({ ...usage, energyUpdateSeconds: 0.1 });
    const long = await measured({ shown, counted: watts, usage: slowly });
    expect(long.results.windowSeconds).toBeGreaterThanOrEqual(10);
    expect(long.row.flags).not.toContain("short-power-window");
    const short = await measured({ shown, counted: watts, usage: slowly }, { budgetSeconds: 5 });
    expect(short.results.windowSeconds).toBeLessThan(10);
    expect(short.row.flags).toContain("short-power-window");
    const uncounted = await measured({ shown, usage: slowly }, { budgetSeconds: 5 });
    expect(uncounted.results.device!.powerSource).toBe("integral");
    expect(uncounted.row.flags).toContain("short-power-window");
    const negligible = await measured({ shown, counted: watts }, { budgetSeconds: 5 });
    expect(negligible.row.flags).not.toContain("short-power-window");
  });

  test("clocks lowered for heat make it invalid, those lowered for a power cap do not", async () => {
    const capped = await measured({ shown, counted: watts });
    expect(capped.row.flags).not.toContain("throttled");
    const hot = await measured({
      shown: (time, load) => ({ ...shown(time, load), reasons: "power-cap+thermal-software" }),
    });
    expect(hot.row.flags).toContain("throttled");
  });

  test("a throttled measurement is repeated when the chip is as cool as at the start of the round", async () => {
    // The idle device is measured for a minute. From 70 s to 160 s the chip is at 80 °C, then it cools down by a degree a second to 40 °C.
    const { opening } = await measured({
      shown: (time, load) => ({
        ...shown(time, load),
        temperature: time < 70 ? 40 : Math.max(40, Math.min(80, 240 - time)),
        reasons: time > 70 && time < 160 ? "thermal-hardware" : "",
      }),
    });
    expect(opening.measurement.flags).not.toContain("throttled");
    expect(opening.samples.telemetry!.temperature_c[0]).toBeLessThanOrEqual(42);
    expect(opening.samples.telemetry!.temperature_c[0]).toBeGreaterThan(40);
  });

  test("others have processes on the device", async () => {
    const crowded = await measured({ shown, usage: (usage) => ({ ...usage, otherProcesses: 1 }) });
    expect(crowded.row.flags).toContain("other-process");
    const alone = await measured({ shown, usage: (usage) => ({ ...usage, otherProcesses: 0 }) });
    expect(alone.row.flags).not.toContain("other-process");
  });

  test("a device that idles under a closed load is warned of: the host is late", async () => {
    const idling: Script["shown"] = (time, load) => ({ ...shown(time, load), reasons: time % 1 < 0.3 ? "idle" : "" });
    expect((await measured({ shown: idling })).warnings).toContainEqual(
      expect.objectContaining({ code: "idle-device" }),
    );
    expect((await measured({ shown })).warnings).not.toContainEqual(expect.objectContaining({ code: "idle-device" }));
  });

  test("a counter that stops is not replaced by readings of the same meter", async () => {
    const { row, results } = await measured({ shown, counted: (time) => (time < 40 ? 100 : 0) });
    expect(row.flags).toContain("meter-stopped");
    expect(results.powerMeanWatts).toBeNull();
    expect(results.device!.powerSource).toBeNull();
  });
});

test("what a reader should know of the device is said in every profile of it", async () => {
  const warning = {
    code: "partial-power-sampling",
    where: "the card",
    cause: "its sensor sees only 25 % of the run time",
    advice: "trust long windows",
  };
  const inner = syntheticExecutor(steadyNoise);
  const executor = { ...inner, describe: async () => ({ ...(await inner.describe()), warnings: [warning] }) };
  const sink = memorySink();
  const { profile: built } = await profile(executor, space, protocol, sink);
  expect(built!.warnings).toContainEqual(warning);
  const again = await profile(executor, space, protocol, sink);
  expect(again.profile!.warnings.filter(({ code }) => code === warning.code)).toHaveLength(1);
});

describe("steady state", () => {
  test("also asks for a temperature that has settled", async () => {
    // Warms up by half a degree a second for 40 s.
    const { samples, row } = await measured({
      shown: (time, load) => ({ ...shown(time, load), temperature: 30 + Math.min(20, time / 2) }),
    });
    expect(row.flags).not.toContain("unsteady");
    const measuredFrom = samples.telemetry!.time_s.findIndex((time) => time >= samples.start_s[samples.warmup]!);
    expect(samples.telemetry!.temperature_c[measuredFrom]).toBeGreaterThanOrEqual(49);
  });

  test("is given up when the temperature goes on rising", async () => {
    const { row } = await measured(
      { shown: (time, load) => ({ ...shown(time, load), temperature: 30 + time / 2 }) },
      { warmupBudgetSeconds: 30 },
    );
    expect(row.flags).toContain("unsteady");
  });
});

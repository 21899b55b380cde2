import { buildSpace, memorySink, profile, protocols, syntheticA100, syntheticCardExecutor } from "@partitune/profiler";
import { type Measurement, type MeasurementResults, parsePartition, type Workload } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { cardSensors } from "../../../packages/profiler/src/executors/cardSensors.ts";

const workload: Workload = {
  name: "resnet50",
  task: "inference",
  engine: { engine: "synthetic-card", workload: "resnet50" },
  batches: [32],
};

function resultsOf({ outcome }: Measurement): MeasurementResults {
  if (outcome.kind === "measured") return outcome.results;
  throw new Error(outcome.reason);
}

async function measured(powerModes: readonly string[]) {
  const partitions = [parsePartition("whole"), parsePartition("mps-share:0.5")];
  const space = buildSpace(syntheticA100, { workloads: [workload], partitions, powerModes });
  const { profile: built } = await profile(
    syntheticCardExecutor({ sensors: true }),
    space,
    { ...protocols.sweep, budgetSeconds: 12 },
    memorySink(),
  );
  return built!;
}

describe("the synthetic card with sensors", () => {
  test("tells the same power by its counter and by its readings, for long enough, and a plausible device", async () => {
    const { measurements, idle } = await measured(["default", "gpu900", "250w"]);
    for (const row of measurements) {
      const { device, powerMeanWatts, windowSeconds } = resultsOf(row);
      expect(row.flags).not.toContain("power-disagrees");
      expect(row.flags).not.toContain("short-power-window");
      expect(windowSeconds).toBeGreaterThanOrEqual(10);
      expect(device!.powerWatts!.mean / powerMeanWatts!).toBeCloseTo(1, 2);
      expect(device!.busyFraction!.mean).toBeGreaterThan(0.95);
      expect(device!.temperatureCelsius!.least).toBeGreaterThan(34);
      expect(device!.temperatureCelsius!.most).toBeLessThan(90);
    }
    const whole = (mode: string) =>
      resultsOf(measurements.find(({ point, baseline }) => !baseline && point.config.powerMode === mode)!).device!;
    expect(whole("default").gpuHertz!.mean).toBe(1.41e9);
    expect(whole("gpu900").gpuHertz!.mean).toBe(0.9e9);
    expect(whole("gpu900").clockReasons).toEqual({ "clock-setting": 1 });
    expect(idle!.map(({ powerWatts }) => Math.round(powerWatts.mean))).toEqual([55, 55, 55, 55, 55, 55]);
  });

  test("changes none of the digits of the card without, as it is without", async () => {
    const space = buildSpace(syntheticA100, { workloads: [workload], partitions: [parsePartition("mps-share:0.5")] });
    const plain = memorySink();
    await profile(syntheticCardExecutor(), space, protocols.sweep, plain);
    for (const entry of plain.entries) {
      if (entry.type !== "done") continue;
      expect(Object.keys(entry.samples)).toEqual(["warmup", "start_s", "end_s", "service_s"]);
      expect(resultsOf(entry.measurement)).not.toHaveProperty("device");
    }
    expect(plain.entries.some(({ type }) => type === "idle")).toBe(false);
    expect(plain.journal.calibrations[0]).not.toHaveProperty("temperatureCelsius");
  });
});

describe("cardSensors", () => {
  test("spread what a batch used over its time, tenth by tenth", () => {
    const sensors = cardSensors(50);
    // 30 J in 0.2 s from the middle of one tenth to the middle of another: 150 W more, half of it at both ends.
    sensors.used(0.05, 0.25, 30);
    const { time_s, power_w, busy_fraction, clock_reasons } = sensors.read(0, 0.4, 0.4);
    expect(time_s.map((time) => time.toFixed(1))).toEqual(["0.1", "0.2", "0.3", "0.4"]);
    expect(power_w.map((watts) => Math.round(watts!))).toEqual([125, 200, 125, 50]);
    expect(busy_fraction.map((share) => share!.toFixed(1))).toEqual(["0.5", "1.0", "0.5", "0.0"]);
    expect(clock_reasons.at(-1)).toBe("idle");
  });

  test("tell nothing of the tenth of a second that is not over", () => {
    expect(cardSensors(50).read(0, 1, 0.25).time_s).toHaveLength(2);
  });

  test("warm up slowly, and further for more power", () => {
    const warmedBy = (watts: number) => {
      const sensors = cardSensors(50);
      sensors.used(0, 60, 60 * watts);
      return sensors.read(0, 60, 60).temperature_c;
    };
    const [little, much] = [warmedBy(100), warmedBy(300)];
    expect(much.at(-1)).toBeGreaterThan(little.at(-1)!);
    expect(little[0]).toBeLessThan(34.2);
    // After four time constants it is within 2 % of where its power leads to: 34 °C + 0.11 °C/W × 100 W.
    expect(little.at(-1)).toBeCloseTo(45, 0);
  });
});

import {
  buildSpace,
  loadRecording,
  memorySink,
  openJournal,
  profile,
  replayExecutor,
  syntheticDevice,
  syntheticExecutor,
} from "@partitune/profiler";
import type { MeasurementResults, Profile } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { replayTelemetry } from "../../../packages/profiler/src/executors/replayTelemetry.ts";
import { reportingExecutor, type Script } from "../fixtures/reportingExecutor.ts";
import { share, shortProtocol, syntheticWorkload } from "../fixtures/syntheticCampaign.ts";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const slow = syntheticWorkload("slow", { fixedSeconds: 0.4, perItemSeconds: 0, serialFraction: 0, noise: 0.01 }, [1]);
const rules = { ...shortProtocol, warmupBudgetSeconds: 30, budgetSeconds: 20 };
const script: Script = {
  shown: (time, { running }) => ({
    power: 50 + 100 * running,
    temperature: 40 + (time % 0.3),
    reasons: running > 0 ? "power-cap" : "",
  }),
  deviceShare: 0.75,
};

function resultsOf({ measurements }: Profile): MeasurementResults {
  const row = measurements.find(({ baseline }) => !baseline)!;
  if (row.outcome.kind === "measured") return row.outcome.results;
  throw new Error(row.outcome.reason);
}

/** A campaign of one configuration, recorded on a device that reports of itself, and played again. */
async function recordedAndPlayed(counted?: Script["counted"]) {
  const folder = temporaryFolder();
  const sink = await openJournal(folder);
  const space = buildSpace(syntheticDevice, { workloads: [slow], partitions: [share(0.5)] });
  const device = reportingExecutor(syntheticExecutor(), counted === undefined ? script : { ...script, counted });
  const recorded = await profile(device, space, rules, sink).finally(() => sink.close());
  const executor = replayExecutor(() => loadRecording(folder));
  const again = buildSpace((await executor.describe()).device, { workloads: [slow], partitions: [share(0.5)] });
  const played = await profile(executor, again, rules, memorySink());
  return { recorded: resultsOf(recorded.profile!), played: resultsOf(played.profile!) };
}

describe("a recording of a device that reports of itself", () => {
  test("gives what it reported again", async () => {
    const { recorded, played } = await recordedAndPlayed();
    expect(played.device!.powerSource).toBe("integral");
    expect(played.powerMeanWatts).toBeCloseTo(recorded.powerMeanWatts!, 0);
    expect(played.device!.temperatureCelsius!.mean).toBeCloseTo(recorded.device!.temperatureCelsius!.mean, 1);
    expect(played.device!.clockReasons!["power-cap"]).toBeCloseTo(recorded.device!.clockReasons!["power-cap"]!, 1);
    expect(played.device!.batchSeconds).toBeCloseTo(0.75 * played.latency.mean, 6);
  });

  test("takes energy from the counter when the recording did", async () => {
    const { recorded, played } = await recordedAndPlayed((_time, { running }) => 50 + 100 * running);
    expect(played.device!.powerSource).toBe("counter");
    expect(played.powerMeanWatts).toBeCloseTo(recorded.powerMeanWatts!, 6);
  });
});

describe("replayTelemetry", () => {
  const none = [null, null, null];
  const samples = {
    warmup: 0,
    start_s: [0, 1.5],
    end_s: [1, 2.5],
    service_s: [1, 1],
    telemetry: {
      time_s: [0.5, 1.25, 2],
      power_w: [1, 2, 3],
      gpu_clock_hz: none,
      memory_clock_hz: none,
      temperature_c: none,
      busy_fraction: none,
      clock_reasons: ["", "idle", null],
    },
  };
  // The replay does not pause between batches: the second begins at 11 s.
  const played = [
    { samples, index: 0, start: 10, end: 11 },
    { samples, index: 1, start: 11, end: 12 },
  ];

  test("moves readings with their batches; those of a pause fall on its end", () => {
    expect(replayTelemetry(played, 10, 12)).toMatchObject({
      time_s: [10.5, 11, 11.5],
      power_w: [1, 2, 3],
      clock_reasons: ["", "idle", null],
    });
  });

  test("leaves out batches that were played before", () => {
    expect(replayTelemetry(played, 11.5, 12).power_w).toEqual([2, 3]);
  });

  test("repeats readings of batches that are played again", () => {
    const again = [...played, { samples, index: 1, start: 12, end: 13 }];
    expect(replayTelemetry(again, 10, 13).time_s).toEqual([10.5, 11, 11.5, 12, 12.5]);
  });
});

import { seededRandom } from "@partitune/numerics";
import type { ModeProblem } from "@partitune/schema";
import { answerProblem, assumedNoise, toModeTables, toProblemTables } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { deviceOf, profileOf, type RowEntry, workloadOf } from "./fixtures/modeProfile.ts";

const device = deviceOf([{ name: "low", powerCapWatts: 20 }, { name: "high" }]);
const workloads = [
  workloadOf("net", "training", { batches: [16] }),
  workloadOf("epochs", "training", { batches: [16, 32], run: "epoch" }),
  workloadOf("cam", "inference", { batches: [1, 8] }),
  workloadOf("rest", "idle"),
];
const tablesOf = (rows: readonly RowEntry[]) => toModeTables(profileOf(device, workloads, rows));

describe("a profile as tables", () => {
  test("has a row per mode and batch, and the idle power apart", () => {
    const tables = tablesOf([
      { workload: "net", mode: "low", batch: 16, seconds: 0.2, watts: 12 },
      { workload: "cam", mode: "low", batch: 8, seconds: 0.03, watts: 14 },
      { workload: "cam", mode: "high", batch: 1, seconds: 0.01, watts: 19 },
      { workload: "rest", mode: "low", seconds: 1, watts: 7 },
    ]);
    const net = { run: "batch", rows: [{ mode: "low", batch: 16, seconds: 0.2, watts: 12, repeats: 1 }] };
    expect(tables.training).toEqual(new Map([["net", net]]));
    expect(tables.inference.get("cam")!.rows.map(({ mode, batch }) => [mode, batch])).toEqual([
      ["low", 8],
      ["high", 1],
    ]);
    expect(tables.idle).toEqual([{ mode: "low", watts: 7 }]);
    expect(tables).toMatchObject({ noise: assumedNoise, omitted: [], warnings: [] });
  });

  test("takes the median of repeats, whatever their order", () => {
    const times = [0.2, 0.3, 0.21];
    const watts = [12, 11, 14];
    const rows = times.map((seconds, round) => ({
      workload: "net",
      mode: "low",
      batch: 16,
      seconds,
      watts: watts[round]!,
      round,
    }));
    for (const order of [rows, rows.toReversed()]) {
      expect(tablesOf(order).training.get("net")!.rows).toEqual([
        { mode: "low", batch: 16, seconds: 0.21, watts: 12, repeats: 3 },
      ]);
    }
    const even = tablesOf(rows.slice(0, 2)).training.get("net")!.rows;
    expect(even).toMatchObject([{ seconds: 0.25, watts: 11.5 }]);
  });

  test("leaves out what cannot be relied on, counted by reason", () => {
    const { training, omitted } = tablesOf([
      { workload: "net", mode: "low", batch: 16 },
      { workload: "net", mode: "high", batch: 16, flags: ["throttled"] },
      { workload: "net", mode: "high", batch: 16, watts: null },
      { workload: "net", mode: "high", batch: 16, watts: 0 },
      { workload: "net", mode: "high", batch: 16, seconds: 0 },
      { workload: "net", mode: "high", batch: 16, failed: true },
      { workload: "net", mode: "high", batch: 16, beside: "cam" },
      { workload: "net", mode: "high", batch: 16, share: 0.5 },
      { workload: "net", mode: "high", batch: 16, processes: 2 },
      { workload: "net", mode: "unheard of", batch: 16 },
      { workload: "other", mode: "high", batch: 16 },
    ]);
    expect(training.get("net")!.rows).toHaveLength(1);
    expect(new Map(omitted.map(({ reason, count }) => [reason, count]))).toEqual(
      new Map([
        ["not valid: throttled", 1],
        ["without power", 2],
        ["without a median time", 1],
        ["failed", 1],
        ["measured beside others", 1],
        ["on a part of the device", 1],
        ["of several processes", 1],
        ["in a power mode that the device does not have", 1],
        ["of a workload that the profile does not describe", 1],
      ]),
    );
  });

  test("warns of repeats that contradict each other and of a cap that is not kept, and keeps the rows", () => {
    const { warnings, training } = tablesOf([
      { workload: "net", mode: "low", batch: 16, seconds: 0.1, watts: 24 },
      { workload: "net", mode: "low", batch: 16, seconds: 0.2, watts: 24, round: 1 },
      { workload: "net", mode: "high", batch: 16, seconds: 0.1, watts: 40 },
    ]);
    expect(warnings.map(({ code, where }) => [code, where])).toEqual([
      ["contradictory-repeats", "net low whole batch 16"],
      ["over-cap", 'power mode "low"'],
    ]);
    expect(warnings[0]!.cause).toBe("repeated times differ by a factor of 2.00");
    expect(warnings[1]!.cause).toBe("draws 24 W under a cap of 20 W");
    expect(training.get("net")!.rows).toHaveLength(2);
  });

  test("estimates from repeats how one measurement scatters, stray runs apart", () => {
    const random = seededRandom("noise");
    const rows = Array.from({ length: 600 }, (_, i): RowEntry => {
      const stray = i % 100 === 50 ? 1.1 : 1;
      const level = 1 + 0.1 * Math.floor(i / 3);
      return {
        workload: "cam",
        mode: "high",
        batch: 1 + Math.floor(i / 3),
        seconds: level * (1 + 0.008 * random.normal()) * stray,
        watts: 20 * (1 + 0.004 * random.normal()),
        round: i % 3,
      };
    });
    const { noise, warnings } = tablesOf(rows);
    expect(noise.time).toBeGreaterThan(0.0072);
    expect(noise.time).toBeLessThan(0.0088);
    expect(noise.power).toBeGreaterThan(0.0036);
    expect(noise.power).toBeLessThan(0.0044);
    expect(noise.strays).toBeGreaterThan(0.006);
    expect(noise.strays).toBeLessThan(0.015);
    expect(noise.repeats).toBe(600);
    expect(warnings).toEqual([]);
  });

  test("assumes the usual scatter when too little was repeated", () => {
    const rows = [0, 1, 2].map((round) => ({
      workload: "net",
      mode: "low",
      batch: 16,
      seconds: 0.1 + 1e-5 * round,
      round,
    }));
    expect(tablesOf(rows).noise).toEqual(assumedNoise);
  });

  test("believes a few repeats that scatter more than usual, so that contradictions do not pass for certainty", () => {
    const rows = [0, 1].map((round) => ({
      workload: "net",
      mode: "low",
      batch: 16,
      seconds: 0.1 + 0.05 * round,
      round,
    }));
    const { time, power, repeats } = tablesOf(rows).noise;
    expect(time).toBeCloseTo(Math.log(1.5) / Math.SQRT2, 12);
    expect(power).toBe(assumedNoise.power);
    expect(repeats).toBe(2);
  });
});

describe("tables for a problem", () => {
  const epochs = tablesOf([
    { workload: "epochs", mode: "low", batch: 16, seconds: 100, watts: 12 },
    { workload: "epochs", mode: "low", batch: 32, seconds: 80, watts: 15 },
    { workload: "net", mode: "low", batch: 16, seconds: 0.16, watts: 12 },
    { workload: "net", mode: "low", batch: 32, seconds: 0.24, watts: 15 },
    { workload: "net", mode: "low", batch: 64, seconds: 0.1, watts: 15 },
  ]);
  const problem = (training: string, batches?: number[]): ModeProblem => ({
    kind: "training",
    training,
    ...(batches && { batches }),
    objective: "time",
  });

  test("name rows after batch and mode where a training has several, with the time of a sample or an epoch", () => {
    const perSample = toProblemTables(epochs, problem("net", [16, 32])).training.get("net")!;
    expect(perSample.map(({ mode, seconds }) => [mode, seconds])).toEqual([
      ["low batch 16", 0.01],
      ["low batch 32", 0.0075],
    ]);
    const perEpoch = toProblemTables(epochs, problem("epochs", [16, 32])).training.get("epochs")!;
    expect(perEpoch.map(({ seconds }) => seconds)).toEqual([100, 80]);
    const answer = answerProblem(problem("net", [16, 32]), toProblemTables(epochs, problem("net", [16, 32])));
    expect(answer).toMatchObject({ status: "optimal", choice: { mode: "low batch 32" }, value: 0.0075 });
  });

  test("keep the time of a minibatch where there is one batch", () => {
    const rows = toProblemTables(epochs, problem("net", [16])).training.get("net")!;
    expect(rows).toEqual([{ mode: "low", seconds: 0.16, watts: 12, repeats: 1 }]);
  });

  test("are refused when it is not said which of several batches to train with", () => {
    expect(() => toProblemTables(epochs, problem("net"))).toThrow(
      'training "net" is measured with batches of 16, 32, 64; name the batches to choose from, or keep the rows of one of them',
    );
  });

  test("are empty for workloads that were never measured", () => {
    const none: ModeProblem = {
      kind: "concurrent",
      training: "unseen",
      inference: { workload: "never", batches: [1], ratePerSecond: 1, latencySeconds: 1 },
      policy: "slack",
      dispatcher: "windowed",
      budget: { kind: "peak", watts: 10 },
    };
    const tables = toProblemTables(epochs, none);
    expect(answerProblem(none, tables)).toMatchObject({ status: "infeasible", nearest: null });
  });
});

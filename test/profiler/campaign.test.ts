import {
  type CampaignEnd,
  type CampaignOptions,
  type Executor,
  memorySink,
  type Progress,
  profile,
  type Sink,
  type Space,
  syntheticDevice,
  syntheticExecutor,
  WorkerFailure,
} from "@partitune/profiler";
import {
  type Config,
  formatConfig,
  InputError,
  type Measurement,
  type MeasurementFlag,
  type Protocol,
} from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { type Faults, faultyExecutor } from "./fixtures/faultyExecutor.ts";
import { share, shortProtocol, smallSpace, syntheticWorkload } from "./fixtures/syntheticCampaign.ts";

interface Run {
  readonly executor?: Executor;
  readonly space?: Space;
  readonly protocol?: Protocol;
  readonly sink?: Sink;
  readonly options?: CampaignOptions;
}

async function run({
  executor = syntheticExecutor(),
  space = smallSpace(),
  protocol = shortProtocol,
  sink = memorySink(),
  options = {},
}: Run = {}): Promise<CampaignEnd> {
  return profile(executor, space, protocol, sink, options);
}

async function rowsOf(campaign: Run): Promise<readonly Measurement[]> {
  return (await run(campaign)).profile!.measurements;
}

function faulty(faults: Faults) {
  return faultyExecutor(syntheticExecutor(), faults);
}

function flagged(rows: readonly Measurement[], flag: MeasurementFlag): readonly string[] {
  return rows.filter((row) => row.flags.includes(flag)).map((row) => formatConfig(row.point.config));
}

function isAt(config: Config, workload: string, value: number): boolean {
  return config.workload === workload && config.partition.kind === "cpu-share" && config.partition.share === value;
}

describe("a campaign", () => {
  test("measures every configuration in every round, between baselines", async () => {
    const { profile: built, made, reused, status } = await run({ protocol: { ...shortProtocol, rounds: 3 } });
    expect([status, made, reused]).toEqual(["complete", 36, 0]);
    const rows = built!.measurements;
    for (const round of [0, 1, 2]) {
      const own = rows.filter((row) => row.point.round === round);
      expect(own.map((row) => row.position)).toEqual(Array.from({ length: 12 }, (_, i) => i));
      expect(own.filter((row) => row.baseline).map((row) => row.position)).toEqual([0, 1, 10, 11]);
    }
    expect(new Set(rows.map((row) => row.id)).size).toBe(36);
    expect(built!.calibrations!.map((calibration) => calibration.round)).toEqual([0, 1, 2]);
  });

  test("gives the same profile for the same seed, and another order for another", async () => {
    const first = await run();
    expect((await run()).profile).toEqual(first.profile);
    const other = (await run({ options: { seed: "other" } })).profile!;
    const order = (rows: readonly Measurement[]) => rows.map((row) => row.id);
    expect(order(other.measurements)).not.toEqual(order(first.profile!.measurements));
    expect([...order(other.measurements)].sort()).toEqual([...order(first.profile!.measurements)].sort());
  });

  test("tells how far it is: it ends with everything done, and the time left shrinks to nothing", async () => {
    const seen: Progress[] = [];
    await run({ options: { onProgress: (progress) => seen.push(progress) } });
    expect(seen[0]).toEqual({ done: 0, total: 12, current: "starting a default whole batch 1", secondsLeft: null });
    expect(seen.at(-1)).toMatchObject({ done: 12, total: 12, secondsLeft: 0 });
    expect(seen.every((each, i) => i === 0 || each.done >= seen[i - 1]!.done)).toBe(true);
    expect(seen.filter((each) => each.done > 0).every((each) => each.secondsLeft !== null)).toBe(true);
  });

  test("closes everything that it started", async () => {
    const executor = faulty({});
    await run({ executor });
    expect(executor.running()).toBe(0);
  });

  test("reports memory only where no larger batch ran before on the same worker", async () => {
    const workloads = [syntheticWorkload("a", {}, [1, 2, 4, 8])];
    const rows = await rowsOf({ space: smallSpace({ workloads, partitions: [share(0.5)] }) });
    let largest = 0;
    for (const { point, outcome, baseline } of rows) {
      if (baseline || outcome.kind !== "measured") continue;
      const { batch } = point.config;
      const expected = batch >= largest ? 1e8 * (1 + batch / 20) : null;
      expect(outcome.results.memoryPeakBytes).toBe(expected);
      expect("memory_peak_bytes" in outcome.results.nulls).toBe(expected === null);
      largest = Math.max(largest, batch);
    }
    expect(largest).toBe(8);
  });
});

describe("what is there is not measured again", () => {
  test("by the same command", async () => {
    const sink = memorySink();
    const first = await run({ sink });
    expect(await run({ sink })).toMatchObject({ made: 0, reused: 12, status: "complete" });
    expect(sink.saved!.measurements).toEqual(first.profile!.measurements);
  });

  test("in a wider space: more partitions, batches, workloads", async () => {
    const sink = memorySink();
    await run({ sink });
    const wider = smallSpace({
      workloads: [...smallSpace().workloads, syntheticWorkload("c")].map((each) => ({ ...each, batches: [1, 2, 4] })),
      partitions: [share(0.25), share(0.5), share(1)],
    });
    const end = await run({ sink, space: wider });
    // 27 configurations, of which 8 are there; baselines of their own for the two opened again, first ones for the third.
    expect(end).toMatchObject({ made: 27 - 8 + 6, reused: 12 });
    expect(end.profile!.workloads.map((each) => each.batches)).toEqual([
      [1, 2, 4],
      [1, 2, 4],
      [1, 2, 4],
    ]);
    const positions = end.profile!.measurements.map((row) => row.position);
    expect(new Set(positions).size).toBe(positions.length);
  });

  test("when rounds are added", async () => {
    const sink = memorySink();
    await run({ sink });
    expect(await run({ sink, protocol: { ...shortProtocol, rounds: 2 } })).toMatchObject({ made: 12, reused: 12 });
  });

  test("a narrower campaign keeps in the profile what a wider one measured", async () => {
    const sink = memorySink();
    await run({ sink });
    const end = await run({ sink, space: smallSpace({ partitions: [share(0.5)] }) });
    expect(end).toMatchObject({ made: 0 });
    expect(end.profile!.measurements.length).toBe(12);
  });
});

describe("in another environment", () => {
  const elsewhere = () => syntheticExecutor({ seed: "another device" });

  test("everything is measured again, what was there is left out, and that is said", async () => {
    const sink = memorySink();
    await run({ sink });
    const end = await run({ sink, executor: elsewhere() });
    expect(end).toMatchObject({ made: 12, reused: 0 });
    expect(new Set(end.profile!.measurements.map((row) => row.environment)).size).toBe(1);
    expect(end.profile!.warnings).toContainEqual(
      expect.objectContaining({ code: "environment-changed", where: "12 measurements" }),
    );
  });

  test("what was there counts when that is asked for; the rows say which is which", async () => {
    const sink = memorySink();
    await run({ sink, space: smallSpace({ partitions: [share(0.5)] }) });
    const end = await run({ sink, executor: elsewhere(), options: { keepEnvironments: true } });
    expect(end).toMatchObject({ reused: 8 });
    expect(new Set(end.profile!.measurements.map((row) => row.environment)).size).toBe(2);
    expect(Object.keys(end.profile!.environments).length).toBe(2);
  });
});

test("a workload of the same name with another definition is measured anew, and the old rows are left out", async () => {
  const sink = memorySink();
  await run({ sink });
  const workloads = [syntheticWorkload("a", { fixedSeconds: 0.004 }), smallSpace().workloads[1]!];
  const end = await run({ sink, space: smallSpace({ workloads }) });
  expect(end).toMatchObject({ made: 6, reused: 6 });
  expect(end.profile!.measurements.length).toBe(12);
  expect(end.profile!.workloads).toEqual(workloads);
  expect(end.profile!.warnings).toContainEqual(expect.objectContaining({ code: "redefined", where: "6 measurements" }));
});

describe("is refused before anything is measured", () => {
  test.each([
    [
      "other rules than before",
      { protocol: { ...shortProtocol, budgetSeconds: 1 } },
      /rule "budgetSeconds" is 1, but .* made with 0.5/,
    ],
    ["a space that does not fit", { space: smallSpace({ powerModes: ["turbo"] }) }, /power mode "turbo"/],
    [
      "cores that are not there",
      { space: smallSpace({ partitions: [{ kind: "core-set", cores: [99] }] }) },
      /names core 99/,
    ],
    [
      "an engine that the device does not start",
      {
        space: smallSpace({ workloads: [{ ...syntheticWorkload("a"), engine: { engine: "onnx", model: "m.onnx" } }] }),
      },
      /workload "a" has engine "onnx", which executor "synthetic" does not start/,
    ],
  ] satisfies readonly (readonly [string, Run, RegExp])[])("%s", async (_, campaign, words) => {
    const sink = memorySink();
    await run({ sink });
    const before = sink.entries.length;
    await expect(run({ sink, ...campaign })).rejects.toThrow(InputError);
    await expect(run({ sink, ...campaign })).rejects.toThrow(words);
    expect(sink.entries.length).toBe(before);
  });
});

describe("a fault does not end the campaign:", () => {
  test("a worker that crashes once is given a second chance", async () => {
    let crashes = 0;
    const executor = faulty({
      run(result, config) {
        if (isAt(config, "a", 0.5) && crashes++ === 0) throw new WorkerFailure("crashed", "gone");
        return result;
      },
    });
    const rows = await rowsOf({ executor });
    expect(rows.every((row) => row.outcome.kind === "measured")).toBe(true);
    expect(executor.running()).toBe(0);
  });

  test.each(["crashed", "hung", "garbage", "failed"] as const)(
    "a worker that is %s twice is a failed row with the reason; the rest is measured",
    async (code) => {
      const sink = memorySink();
      const executor = faulty({
        run(result, config, batch) {
          if (isAt(config, "a", 0.5) && batch === 2) throw new WorkerFailure(code, "its last words");
          return result;
        },
      });
      const { profile: built, made } = await run({ executor, sink });
      const failed = built!.measurements.filter((row) => row.outcome.kind === "failed");
      expect(failed.map((row) => formatConfig(row.point.config))).toEqual(["a default cpu-share:0.5 batch 2"]);
      expect(failed[0]!.outcome).toEqual({ kind: "failed", reason: "its last words" });
      expect(made).toBe(12);
      expect(built!.warnings).toContainEqual(expect.objectContaining({ code: "failed", cause: "its last words" }));
      expect(executor.running()).toBe(0);
      // Its round is closed already, and is opened again with baselines of its own.
      expect(await run({ sink })).toMatchObject({ made: 1 + 2, reused: 11 });
      expect(sink.saved!.measurements.every((row) => row.outcome.kind === "measured")).toBe(true);
    },
  );

  test("anything else that an executor throws counts as a fault too", async () => {
    const executor = faulty({
      usage() {
        throw new Error("the meter is broken");
      },
    });
    const rows = await rowsOf({ executor });
    expect(rows.map((row) => row.outcome)).toEqual(Array(12).fill({ kind: "failed", reason: "the meter is broken" }));
  });

  test("a worker that never starts is tried twice, not for every batch", async () => {
    let opened = 0;
    const executor = faulty({
      open(config) {
        if (!isAt(config, "a", 0.5)) return;
        opened += 1;
        throw new WorkerFailure("crashed", "no such library");
      },
    });
    const rows = await rowsOf({ executor });
    expect(opened).toBe(2);
    const failed = rows.filter((row) => row.outcome.kind === "failed");
    expect(failed.map((row) => row.mechanism)).toEqual(Array(2).fill("none: the worker did not start"));
  });
});

describe("that a configuration cannot run is a result:", () => {
  test("out of memory", async () => {
    const sink = memorySink();
    const workloads = [syntheticWorkload("a", { memoryBytes: 7.5 * 2 ** 30 }, [1, 2]), syntheticWorkload("b")];
    const rows = (await run({ sink, space: smallSpace({ workloads }) })).profile!.measurements;
    const infeasible = rows.filter((row) => row.outcome.kind === "infeasible");
    expect([...infeasible.map((row) => formatConfig(row.point.config))].sort()).toEqual([
      "a default cpu-share:0.5 batch 2",
      "a default cpu-share:1 batch 2",
    ]);
    expect(infeasible[0]!.outcome).toMatchObject({ reason: expect.stringMatching(/a batch of 2 needs \d+ bytes/) });
    expect(await run({ sink, space: smallSpace({ workloads }) })).toMatchObject({ made: 0, reused: 12 });
    expect(sink.saved!.warnings.some((warning) => warning.code === "failed")).toBe(false);
  });

  test("a batch that the model refuses, without a second try", async () => {
    let tries = 0;
    const executor = faulty({
      run(result, config, batch) {
        if (isAt(config, "b", 1) && batch === 2) {
          tries += 1;
          throw new WorkerFailure("bad-batch", "built for batch 1");
        }
        return result;
      },
    });
    const rows = await rowsOf({ executor });
    expect(tries).toBe(1);
    expect(rows.filter((row) => row.outcome.kind === "infeasible").length).toBe(1);
  });
});

describe("flags are raised when provoked:", () => {
  test("nothing is doubtful on a calm device", async () => {
    const protocol = { ...shortProtocol, warmupBudgetSeconds: 10, budgetSeconds: 10 };
    const rows = await rowsOf({ protocol });
    expect(rows.flatMap((row) => row.flags)).toEqual([]);
  });

  test("drifted, when the device grows slower round by round", async () => {
    let measured = 0;
    const executor = faulty({
      run(result) {
        measured += 1;
        const slower = 1 + measured / 2000;
        return { ...result, service: result.service * slower };
      },
    });
    const rows = await rowsOf({ executor, protocol: { ...shortProtocol, rounds: 3 } });
    expect(flagged(rows, "drifted").length).toBeGreaterThan(0);
  });

  test("unsteady and imprecise, when noise is large and budgets are small", async () => {
    const workloads = [syntheticWorkload("a", { noise: 0.5, fixedSeconds: 0.05 })];
    const rows = await rowsOf({ space: smallSpace({ workloads }) });
    expect(flagged(rows, "imprecise").length).toBe(rows.length);
    expect(flagged(rows, "unsteady").length).toBeGreaterThan(0);
  });

  test("throttled, after three repeats with a pause to cool down", async () => {
    let events = 0;
    let readings = 0;
    const inner = syntheticExecutor();
    const executor = faultyExecutor(inner, {
      usage: (usage) => {
        readings += 1;
        return { ...usage, throttleEvents: readings > 2 ? events++ : 0 };
      },
    });
    const workloads = [syntheticWorkload("a", {}, [1])];
    const rows = await rowsOf({ executor, space: smallSpace({ workloads, partitions: [share(0.5)] }) });
    expect(rows.map((row) => row.flags.includes("throttled"))).toEqual([false, true, true]);
    expect(inner.clock.now()).toBeGreaterThan(2 * 3 * 20);
  });

  test("not throttled any more, when it has cooled down", async () => {
    let readings = 0;
    const executor = faulty({
      usage: (usage) => {
        readings += 1;
        return { ...usage, throttleEvents: Math.min(readings, 4) };
      },
    });
    expect(flagged(await rowsOf({ executor }), "throttled")).toEqual([]);
  });

  test("clock-jump, when the clock leaps in the middle of a measurement", async () => {
    let leap = 0;
    let count = 0;
    const executor = faulty({
      now: (now) => now + leap,
      run(result, config, batch) {
        const before = leap;
        if (isAt(config, "a", 0.5) && batch === 2) count += 1;
        if (count === 5) leap = 3600;
        return { ...result, start: result.start + before, end: result.end + leap };
      },
    });
    const rows = await rowsOf({ executor });
    expect(flagged(rows, "clock-jump")).toEqual(["a default cpu-share:0.5 batch 2"]);
  });

  test("clock-jump, when the calendar saw the machine being suspended", async () => {
    let suspended = 0;
    const executor = faulty({
      wall: (wall) => wall + suspended,
      run(result, config, _, count) {
        if (isAt(config, "b", 1) && count === 3) suspended = 600;
        return result;
      },
    });
    expect(flagged(await rowsOf({ executor }), "clock-jump").length).toBe(1);
  });

  test("other-process, when others use more than a twentieth of the device", async () => {
    const inner = syntheticExecutor();
    const others = (part: number) =>
      faultyExecutor(inner, {
        usage: (usage) => ({ ...usage, otherCpuSeconds: part * syntheticDevice.cores * inner.clock.now() }),
      });
    expect(flagged(await rowsOf({ executor: others(0.02) }), "other-process")).toEqual([]);
    expect(flagged(await rowsOf({ executor: others(0.1) }), "other-process").length).toBe(12);
  });

  test("harness-cost and coarse-timer, when batches are too short for path and clock", async () => {
    const inner = syntheticExecutor();
    let read = 0;
    const now = () => Math.floor((inner.clock.now() + 1e-7 * read++) * 1e4) / 1e4;
    const executor: Executor = {
      ...inner,
      clock: { ...inner.clock, now },
      async openNull() {
        const session = await inner.openNull();
        const costly = async (batch: number) => {
          await inner.clock.sleep(0.0005);
          return session.run(batch);
        };
        return { ...session, run: costly };
      },
    };
    const rows = await rowsOf({ executor });
    const byFlag = (flag: MeasurementFlag) => flagged(rows, flag).filter((text) => text.startsWith("a default whole"));
    expect(byFlag("harness-cost").length).toBe(2); // 0.5 ms of 5 ms
    expect(byFlag("coarse-timer").length).toBe(2); // 0.1 ms of 5 ms
    expect(flagged(rows, "harness-cost").some((text) => text.startsWith("b"))).toBe(false);
  });
});

describe("neighbours", () => {
  const neighbour: Config = { workload: "b", powerMode: "default", partition: { kind: "whole" }, batch: 1 };
  const crowded = smallSpace({
    workloads: [syntheticWorkload("a", { noise: 0 }), syntheticWorkload("b", { noise: 0 })],
    partitions: [{ kind: "whole" }],
    companies: [[], [neighbour]],
  });

  test("are loaded during the whole measurement, and make it slower", async () => {
    const rows = (await rowsOf({ space: crowded })).filter((row) => !row.baseline);
    const median = (beside: number) =>
      rows.flatMap(({ point, outcome }) =>
        point.neighbours.length === beside && point.config.workload === "a" && outcome.kind === "measured"
          ? [outcome.results.latency.p50!.value]
          : [],
      );
    expect(median(1)[0]! / median(0)[0]!).toBeCloseTo(2, 4);
  });

  test("that fail make the measurement fail, with their words", async () => {
    const executor = faulty({
      run(result, config, batch, count) {
        if (config.workload === "b" && batch === 1 && executor.running() === 2 && count > 5) {
          throw new WorkerFailure("crashed", "the neighbour is gone");
        }
        return result;
      },
    });
    const space = { ...crowded, workloads: crowded.workloads.map((each) => ({ ...each, batches: [2] })) };
    const rows = await rowsOf({ executor, space });
    const beside = rows.filter((row) => row.point.neighbours.length > 0);
    expect(beside.map((row) => row.outcome)).toEqual(
      Array(2).fill({ kind: "failed", reason: "the neighbour is gone" }),
    );
    expect(executor.running()).toBe(0);
  });
});

describe("Ctrl-C", () => {
  async function abortedAfter(batches: number) {
    const controller = new AbortController();
    const sink = memorySink();
    let count = 0;
    const executor = faulty({
      run(result) {
        count += 1;
        if (count === batches) controller.abort(new Error("interrupted by SIGINT"));
        return result;
      },
    });
    const end = await run({ executor, sink, options: { signal: controller.signal } });
    return { end, sink, executor };
  }

  test.each([1, 25, 80, 150, 200])(
    "after %i batches keeps everything, closes the workers, and is written down",
    async (batches) => {
      const { end, sink, executor } = await abortedAfter(batches);
      expect(end.status).toBe("aborted");
      expect(executor.running()).toBe(0);
      expect(sink.entries.at(-1)).toMatchObject({ type: "aborted", reason: "interrupted by SIGINT" });
      const results = sink.entries.filter((entry) => entry.type === "done").length;
      expect(end.made).toBe(results);
      const resumed = await run({ sink });
      expect(resumed).toMatchObject({ status: "complete", made: 12 - results, reused: results });
      expect(resumed.profile!.measurements.length).toBe(12);
    },
  );

  test("in the middle of measuring keeps the batches measured so far, marked, until they are measured again", async () => {
    const controller = new AbortController();
    const sink = memorySink();
    let measuring = 0;
    const executor = faulty({
      run(result) {
        if (measuring === 4) controller.abort(new Error("interrupted by SIGINT"));
        return result;
      },
    });
    const onProgress = ({ current }: Progress) => {
      if (current.startsWith("measuring")) measuring += 1;
    };
    const end = await run({ executor, sink, options: { signal: controller.signal, onProgress } });
    const partial = end.profile!.measurements.at(-1)!;
    expect(partial.outcome).toMatchObject({ results: { stoppedBy: "aborted", cpuSeconds: null } });
    await run({ sink });
    const ids = sink.saved!.measurements.filter((row) => row.id === partial.id);
    expect(ids.map((row) => row.outcome)).not.toContainEqual(
      expect.objectContaining({ results: expect.objectContaining({ stoppedBy: "aborted" }) }),
    );
    expect(ids.length).toBe(1);
  });

  test("before anything has begun measures nothing", async () => {
    const end = await run({ options: { signal: AbortSignal.abort(new Error("now")) } });
    expect(end).toEqual({ status: "aborted", profile: null, made: 0, reused: 0 });
  });
});

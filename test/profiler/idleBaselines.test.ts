import {
  buildSpace,
  type Executor,
  memorySink,
  profile,
  syntheticDevice,
  syntheticExecutor,
} from "@partitune/profiler";
import type { IdleBaseline, Protocol } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { warnOfIdle } from "../../packages/profiler/src/warnOfIdle.ts";
import { reportingExecutor, type Script } from "./fixtures/reportingExecutor.ts";
import { share, shortProtocol, syntheticWorkload } from "./fixtures/syntheticCampaign.ts";

const space = buildSpace(syntheticDevice, {
  workloads: [syntheticWorkload("a"), syntheticWorkload("b")],
  partitions: [share(0.5), share(1)],
});
const thirtySeconds: Protocol = { ...shortProtocol, budgetSeconds: 60, minimumSamples: 8 };

/** 20 W empty, 3 W for each loaded workload, 100 W for each that computes. */
const watts = (_time: number, { running, open }: { readonly running: number; readonly open: number }) =>
  20 + 3 * open + 100 * running;
const shown: Script["shown"] = (time, load) => ({ power: watts(time, load), temperature: 35 });

async function run(script: Script, protocol = thirtySeconds) {
  const executor = reportingExecutor(syntheticExecutor(), script);
  const sink = memorySink();
  const end = await profile(executor, space, protocol, sink);
  return { executor, sink, profile: end.profile!, idle: end.profile!.idle ?? [] };
}

const summaryOf = (idle: readonly IdleBaseline[]) =>
  idle.map(({ moment, state, powerWatts }) => [moment, state, Math.round(powerWatts.mean)]);

describe("the idle device", () => {
  test("is measured empty, with the workloads loaded and unmonitored, before the first round and after the last", async () => {
    const { idle, profile: built } = await run({ shown, counted: watts, monitorWatts: 5 });
    expect(summaryOf(idle)).toEqual([
      ["before", "empty", 25],
      ["before", "loaded", 31],
      ["before", "unmonitored", 20],
      ["after", "empty", 25],
      ["after", "loaded", 31],
      ["after", "unmonitored", 20],
    ]);
    for (const { windowSeconds, powerSource, powerWatts, environment } of idle) {
      expect(windowSeconds).toBeCloseTo(30, 6);
      expect(powerSource).toBe("counter");
      expect(powerWatts.sd).toBeLessThan(1e-6);
      expect(built.environments).toHaveProperty(environment);
    }
  });

  test("is what the rows name as the power that net power is counted from", async () => {
    const { profile: built } = await run({ shown, counted: watts });
    for (const { outcome } of built.measurements)
      expect(outcome.kind === "measured" && outcome.results.device!.idleWatts).toBeCloseTo(20, 6);
  });

  test("is measured for no longer than a configuration, and then not loaded, since loading takes longer", async () => {
    const { idle } = await run({ shown, counted: watts }, { ...shortProtocol, budgetSeconds: 0.5 });
    for (const { windowSeconds } of idle) expect(windowSeconds).toBeCloseTo(0.5, 6);
    expect(idle.map(({ state }) => state)).toEqual(["empty", "unmonitored", "empty", "unmonitored"]);
  });

  test("is measured by its readings where there is no counter, and then not unmonitored", async () => {
    const { idle } = await run({ shown });
    expect(summaryOf(idle).map(([, state, power]) => [state, power])).toEqual([
      ["empty", 20],
      ["loaded", 26],
      ["empty", 20],
      ["loaded", 26],
    ]);
    expect(idle.every(({ powerSource }) => powerSource === "integral")).toBe(true);
    expect(idle[0]!.temperatureCelsius).toBe(35);
  });

  test("tells how its parts scatter", async () => {
    const wavering = (time: number) => 20 + (Math.floor(time / 5) % 2);
    const { idle } = await run({ shown: () => ({}), counted: wavering });
    // Six parts of 5 s, by turns 20 W and 21 W.
    expect(idle[0]!.powerWatts.mean).toBeCloseTo(20.5, 2);
    expect(idle[0]!.powerWatts.sd).toBeGreaterThan(0.2);
    expect(idle[0]!.powerWatts.sd).toBeLessThan(0.6);
  });

  test("is measured again after the campaign only when it has cooled down", async () => {
    const temperature = (time: number) => (time < 60 ? 30 : Math.max(30, 130 - time / 2));
    const { idle } = await run({
      shown: (time, load) => ({ power: watts(time, load), temperature: temperature(time) }),
    });
    const after = idle.find(({ moment }) => moment === "after")!;
    expect(after.temperatureCelsius).toBeLessThanOrEqual(32);
  });

  test("is said to be measured while it is", async () => {
    const executor = reportingExecutor(syntheticExecutor(), { shown, counted: watts });
    const said: string[] = [];
    await profile(executor, space, thirtySeconds, memorySink(), {
      onProgress: ({ current, done }) => said.push(`${done} ${current}`),
    });
    expect(said.slice(0, 3)).toEqual([
      "0 measuring the idle device, empty",
      "0 measuring the idle device, loaded",
      "0 measuring the idle device, unmonitored",
    ]);
    expect(said.at(-1)).toBe("12 measuring the idle device, unmonitored");
  });

  test("takes no time where nothing tells power", async () => {
    const quiet = await run({ shown: () => ({}) });
    expect(quiet.idle).toEqual([]);
    expect(quiet.profile).not.toHaveProperty("idle");
    const executor = syntheticExecutor();
    await profile(executor, space, thirtySeconds, memorySink());
    // Only the first look at whether a sensor tells power, at both ends of the campaign and before the round.
    expect(quiet.executor.clock.now() - executor.clock.now()).toBeLessThanOrEqual(1.5 + 1e-6);
  });

  test("is not measured when there is nothing left to measure", async () => {
    const executor = reportingExecutor(syntheticExecutor(), { shown, counted: watts });
    const sink = memorySink();
    await profile(executor, space, thirtySeconds, sink);
    const before = executor.clock.now();
    const { profile: built } = await profile(executor, space, thirtySeconds, sink);
    expect(executor.clock.now()).toBe(before);
    expect(built!.idle).toHaveLength(6);
  });

  test("is not told loaded where the workloads do not start beside each other", async () => {
    const inner = syntheticExecutor();
    let idling = true;
    const refusing: Executor = {
      ...inner,
      async open(workload, config) {
        if (idling && workload.name === "b") {
          idling = false;
          throw new Error("out of memory");
        }
        return inner.open(workload, config);
      },
    };
    const sink = memorySink();
    await profile(reportingExecutor(refusing, { shown, counted: watts }), space, thirtySeconds, sink);
    expect(sink.journal.idle.filter(({ moment }) => moment === "before").map(({ state }) => state)).toEqual([
      "empty",
      "unmonitored",
    ]);
  });

  test("is not measured to the end when the campaign is ended", async () => {
    const executor = reportingExecutor(syntheticExecutor(), { shown, counted: watts });
    const ending = new AbortController();
    const sink = memorySink();
    const campaign = profile(executor, space, thirtySeconds, sink, { signal: ending.signal });
    await executor.clock.sleep(10);
    ending.abort(new Error("enough"));
    expect((await campaign).status).toBe("aborted");
    expect(sink.journal.idle).toEqual([]);
    expect(executor.clock.now()).toBeLessThan(12);
  });
});

describe("warnings", () => {
  const baseline = (
    moment: IdleBaseline["moment"],
    state: IdleBaseline["state"],
    mean: number,
    sd = 0.1,
  ): IdleBaseline => ({
    environment: "e",
    at: "2026-01-01T00:00:00Z",
    moment,
    state,
    windowSeconds: 30,
    powerSource: "counter",
    powerWatts: { mean, sd },
    temperatureCelsius: null,
  });
  const codes = (...baselines: readonly IdleBaseline[]) => warnOfIdle(baselines).map(({ code }) => code);

  test("an empty device that drew something else before than after is warned of", () => {
    expect(codes(baseline("before", "empty", 60), baseline("after", "empty", 70))).toEqual(["idle-drifted"]);
    expect(codes(baseline("before", "empty", 60), baseline("after", "empty", 62))).toEqual([]);
    expect(codes(baseline("before", "empty", 60, 4), baseline("after", "empty", 70, 4))).toEqual([]);
    expect(codes(baseline("before", "empty", 60))).toEqual([]);
  });

  // As one release of a monitor did to an idle card, from about 50 W to about 100 W: NVIDIA/dcgm-exporter, issue 464.
  test("a monitor that draws power itself is warned of, with both figures", () => {
    const warnings = warnOfIdle([baseline("before", "empty", 100), baseline("before", "unmonitored", 50)]);
    expect(warnings).toMatchObject([
      {
        code: "monitor-load",
        cause: "draws 100 W while it is sampled and 50 W while it is not: the monitor is a load, too",
      },
    ]);
  });
});

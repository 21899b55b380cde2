import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ModePlan, modeTrace as traceSchema } from "@partitune/schema";
import { verifyModePlan } from "@partitune/simulator";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MeasureTurnsOptions, measureTurns } from "../../../packages/profiler/src/interleave/measureTurns.ts";
import { DeploymentFailure } from "../../../packages/profiler/src/live/deploymentFailure.ts";
import { fakeEngine, repository } from "../../emitter/fixtures/bundle.ts";
import { exampleModePlan } from "../../emitter/fixtures/exampleModePlan.ts";
import { exampleWorkload } from "../../emitter/fixtures/examplePlan.ts";

const example = exampleModePlan();

/** Fake workers that sleep; what is expected of them leaves room for a busy machine. */
function fakePlan(camera: readonly string[], backlog: readonly string[], parts: Partial<ModePlan> = {}): ModePlan {
  const engine = (args: readonly string[]) => ({ engine: "command", command: ["node", fakeEngine, ...args] }) as const;
  return exampleModePlan({
    device: { ...example.device, kind: "cpu", cores: 1, powerModes: [{ name: "default" }] },
    powerMode: { name: "default" },
    workloads: [exampleWorkload("camera", engine(camera)), exampleWorkload("backlog", engine(backlog))],
    inferences: [{ ...example.inferences[0]!, ratePerSecond: 40, batch: 4, windowSeconds: 0.1 }],
    promises: [{ ...example.promises[0]!, target: 60 }],
    ...parts,
  });
}

describe("measureTurns", () => {
  let folder = "";
  const before = process.env.PARTITUNE_RUN_DIR;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "partitune-turns-"));
    process.env.PARTITUNE_RUN_DIR = folder;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.PARTITUNE_RUN_DIR;
    else process.env.PARTITUNE_RUN_DIR = before;
    rmSync(folder, { recursive: true });
  });

  const options = (parts: Partial<MeasureTurnsOptions> = {}): MeasureTurnsOptions => ({
    folder: join(folder, "bundle"),
    home: repository,
    directory: folder,
    durationSeconds: 0.8,
    warmupSeconds: 0.2,
    seed: 1,
    made: example.made,
    ...parts,
  });

  /** Processes that were started for a plan below the folder, and sockets that are left. */
  function leftovers(): readonly string[] {
    const ours = readdirSync("/proc").filter((name) => {
      try {
        return (
          /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, "utf8").includes(`PARTITUNE_RUN_DIR=${folder}/`)
        );
      } catch {
        return false;
      }
    });
    return [...ours, ...readdirSync(folder).filter((name) => name.startsWith("partitune-"))];
  }

  const lines = (name: string) =>
    readFileSync(join(folder, "bundle", name), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

  it("carries a plan out as emitted, keeps every request and minibatch, and answers with a trace that can be judged", async () => {
    const plan = fakePlan(["--service-ms=5"], ["--service-ms=10"]);
    const { trace, lateness, findings } = await measureTurns(plan, options());
    expect(traceSchema.parse(trace)).toEqual(trace);
    expect(trace).toMatchObject({ source: "measured", sharing: "managed", arrivals: "even" });
    const [camera] = trace.periods[0]!.inferences;
    expect(camera).toMatchObject({ workload: "camera", requests: 32, waiting: 0, offeredPerSecond: 40 });
    expect(Math.abs(camera!.windows - 8)).toBeLessThanOrEqual(2); // where the clock starts within a window is not fixed
    expect(camera!.worstSeconds).toBeGreaterThanOrEqual(camera!.p50Seconds!);
    expect(trace.periods[0]!.background!.minibatchesPerSecond).toBeGreaterThan(0);
    expect(lateness.map(({ job }) => job)).toEqual(["camera", "backlog"]);
    expect(findings.every((line) => line.startsWith("ok"))).toBe(true);
    expect(verifyModePlan(plan, { measured: trace, seeds: 2 }).checks[0]!.verdicts.measured).toBe("kept");

    expect(lines("requests.jsonl").filter(({ outcome }) => outcome === "answered").length).toBeGreaterThanOrEqual(40);
    const minibatches = lines("minibatches.jsonl").filter(({ task }) => task !== undefined);
    const overlapping = minibatches.filter(({ start }, i) => i > 0 && Number(start) < Number(minibatches[i - 1]!.end));
    expect(overlapping).toEqual([]);
    expect(new Set(minibatches.map(({ job }) => job))).toEqual(new Set(["camera", "backlog"]));
    expect(leftovers()).toEqual([]);
  });

  it("runs the same jobs side by side when nobody manages them", async () => {
    const plan = fakePlan(["--service-ms=40"], ["--service-ms=30"]);
    const { trace } = await measureTurns(plan, options({ managed: false, arrivals: "poisson" }));
    expect(trace).toMatchObject({ sharing: "fair", arrivals: "poisson" });
    const minibatches = lines("minibatches.jsonl").filter(({ task }) => task !== undefined);
    const camera = minibatches.filter(({ job }) => job === "camera");
    const beside = camera.filter(({ start, end }) =>
      minibatches.some(
        (one) => one.job === "backlog" && Number(one.start) < Number(end) && Number(one.end) > Number(start),
      ),
    );
    expect(beside.length).toBeGreaterThan(0);
    expect(leftovers()).toEqual([]);
  });

  it("counts requests that had no answer, and calls the promise broken", async () => {
    const plan = fakePlan(["--service-ms=150"], ["--service-ms=10"], {
      promises: [{ ...example.promises[0]!, target: 0.2 }],
    });
    const { trace } = await measureTurns(plan, options());
    const { checks } = verifyModePlan(plan, { measured: trace, seeds: 2 });
    expect(checks[0]!.verdicts.measured).toBe("broken");
    expect(leftovers()).toEqual([]);
  });

  it("runs a background alone where the plan serves nothing", async () => {
    const plan = fakePlan([], ["--service-ms=10"], {
      inferences: [],
      background: { ...example.background!, policy: "greedy" },
      promises: [],
    });
    const { trace } = await measureTurns(plan, options());
    expect(trace.periods[0]!.inferences).toEqual([]);
    expect(trace.periods[0]!.background!.minibatches).toBeGreaterThan(1);
    expect(leftovers()).toEqual([]);
  });

  it.each<[string, () => ModePlan, Partial<MeasureTurnsOptions>, string, RegExp]>([
    ["a worker does not start", () => fakePlan([], ["--fail"]), {}, "start", /turns" did not start:\n.*told to fail/s],
    [
      "a worker crashes",
      () => fakePlan(["--crash-after=8"], []),
      {},
      "stop",
      /a job failed: worker ended with exit code 7/,
    ],
    [
      "the machine lacks partitune",
      () => fakePlan([], []),
      { home: "/nowhere" },
      "check",
      /FAIL {2}partitune is not in/,
    ],
    [
      "a workload is a recording",
      () =>
        fakePlan([], [], {
          workloads: [exampleWorkload("camera", { engine: "recorded", source: "t" }), example.workloads[1]!],
        }),
      {},
      "emit",
      /is only a recording/,
    ],
  ])("says so when %s, and leaves nothing behind", async (_, plan, changed, step, message) => {
    const failure = await measureTurns(plan(), options(changed)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DeploymentFailure);
    expect(failure).toMatchObject({ step, message: expect.stringMatching(message) });
    expect(leftovers()).toEqual([]);
  });

  it.each<[string, () => ModePlan, Partial<MeasureTurnsOptions>, RegExp]>([
    ["a duration of nothing", () => fakePlan([], []), { durationSeconds: 0 }, /duration 0 s/],
    [
      "arrivals of a stranger",
      () => fakePlan([], []),
      { arrivals: { door: { kind: "poisson", ratePerSecond: 1 } } },
      /arrivals "door" name no inference of the plan; use "camera"/,
    ],
    [
      "a rule that cannot know",
      () => fakePlan([], [], { inferences: [{ ...example.inferences[0]!, dispatcher: "on-full" }] }),
      {},
      /cannot know when "camera" will have a minibatch ready/,
    ],
    [
      "a workload that stands twice",
      () => fakePlan([], [], { background: { ...example.background!, workload: "camera" } }),
      {},
      /runs twice/,
    ],
    ["nothing to run", () => fakePlan([], [], { inferences: [], background: null }), {}, /runs nothing/],
  ])("refuses %s before anything is started", async (_, plan, changed, message) => {
    await expect(measureTurns(plan(), options(changed))).rejects.toThrow(message);
    expect(existsSync(join(folder, "bundle"))).toBe(false);
  });

  it("stops everything when it is aborted under load", async () => {
    const controller = new AbortController();
    const reason = new Error("Ctrl-C");
    const run = measureTurns(fakePlan([], []), {
      ...options({ durationSeconds: 60 }),
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await expect(run).rejects.toBe(reason);
    expect(leftovers()).toEqual([]);
  });

  it("leaves no process behind when its own is killed", async () => {
    const program = `
      import { measureTurns } from ${JSON.stringify(join(repository, "packages/profiler/src/interleave/measureTurns.ts"))};
      const options = ${JSON.stringify(options({ durationSeconds: 60 }))};
      const plan = ${JSON.stringify(fakePlan([], []))};
      await measureTurns(plan, { ...options, onProgress: () => process.stdout.write("load\\n") });`;
    const child = spawn("node", ["--input-type=module-typescript", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    const processes = () => leftovers().filter((name) => /^\d+$/.test(name));
    while (processes().length > 0) await sleep(50);
    expect(processes()).toEqual([]);
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { planId } from "@partitune/emitter";
import { type Plan, trace as traceSchema } from "@partitune/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DeploymentFailure } from "../../../packages/profiler/src/live/deploymentFailure.ts";
import type { LiveProgress } from "../../../packages/profiler/src/live/deployUnderLoad.ts";
import { type LiveOptions, measureLive } from "../../../packages/profiler/src/live/measureLive.ts";
import { fakeEngine, groupsNamed, repository } from "../../emitter/fixtures/bundle.ts";
import { examplePlacement, examplePlan, exampleWorkload } from "../../emitter/fixtures/examplePlan.ts";

const made = { tool: "partitune 0.1.0", at: "2026-01-01T00:00:00.000Z", seed: 1, inputs: [] };
const share = { kind: "cpu-share", share: 0.3 } as const;

/** Each placement with an engine of its own, and a demand of 50 requests/s. */
function fakePlan(engines: Readonly<Record<string, readonly string[]>>, parts: Partial<Plan> = {}): Plan {
  const names = Object.keys(engines);
  return examplePlan({
    workloads: names.map((name) =>
      exampleWorkload(name, { engine: "command", command: ["node", fakeEngine, ...engines[name]!] }),
    ),
    placements: names.map((name) => examplePlacement(name, name, share)),
    demands: names.map((workload) => ({ workload, ratePerSecond: 50, deadlineSeconds: 0.05, percentile: 0.9 })),
    ...parts,
  });
}

describe("measureLive", () => {
  let folder = "";
  const before = process.env.PARTITUNE_RUN_DIR;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "partitune-live-"));
    process.env.PARTITUNE_RUN_DIR = folder;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.PARTITUNE_RUN_DIR;
    else process.env.PARTITUNE_RUN_DIR = before;
    rmSync(folder, { recursive: true });
  });

  const options = (parts: Partial<LiveOptions> = {}): LiveOptions => ({
    folder: join(folder, "bundle"),
    name: folder,
    home: repository,
    directory: folder,
    durationSeconds: 1,
    warmupSeconds: 0.2,
    seed: 1,
    made,
    ...parts,
  });

  /** Processes that work for a deployment below the folder, its control groups, and its run folders. */
  function leftovers(): readonly string[] {
    const marked = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isOurs(name));
    const runFolders = readdirSync(folder).filter((name) => name.startsWith("partitune-"));
    return [...marked, ...groupsNamed(planId(folder)), ...runFolders];
  }

  function isOurs(processId: string): boolean {
    try {
      return readFileSync(`/proc/${processId}/environ`, "utf8").includes(`PARTITUNE_PLACEMENT=${folder}/`);
    } catch {
      return false;
    }
  }

  it("deploys real networks as emitted, measures them under load, and leaves nothing behind", async () => {
    const steps = new Set<LiveProgress["step"]>();
    const plan = examplePlan({
      workloads: [
        exampleWorkload("a", { engine: "onnx", model: "zoo:tiny" }),
        exampleWorkload("b", { engine: "onnx", model: "zoo:tiny" }),
      ],
      placements: [examplePlacement("a", "a", share), examplePlacement("b", "b", { kind: "core-set", cores: [0] }, 2)],
      demands: [{ workload: "a", ratePerSecond: 60, deadlineSeconds: 0.1, percentile: 0.9 }],
      promises: [
        {
          id: "p",
          subject: "a",
          metric: "response_s",
          percentile: 0.9,
          relation: "at-most",
          target: 0.1,
          predicted: null,
        },
      ],
    });
    const { trace, findings } = await measureLive(plan, {
      ...options({
        durationSeconds: 3,
        arrivals: { b: { kind: "periodic", ratePerSecond: 20, jitter: 0, offsetSeconds: 0 } },
      }),
      onProgress: ({ step }) => steps.add(step),
    });
    expect(traceSchema.parse(trace)).toEqual(trace);
    const [a, b] = trace.streams;
    expect(a).toMatchObject({ placement: "a", workload: "a", failed: 0, saturated: false });
    expect(b).toMatchObject({ placement: "b", requests: 60, failed: 0, offeredPerSecond: 20 });
    expect(a!.promised.map(({ percentile }) => percentile)).toEqual([0.9]); // a busy machine may leave too few independent responses for a value
    expect(a!.response.mean).toBeGreaterThan(a!.serviceMeanSeconds);
    expect([...steps]).toEqual(["check", "start", "load", "stop"]);
    expect(findings.some((line) => /shares are held by/.test(line))).toBe(true);
    expect(leftovers()).toEqual([]);
  });

  it("reports an engine that crashes while it serves as failed requests, and stops the rest", async () => {
    const plan = fakePlan({ steady: [], brittle: ["--crash-after=15"] });
    const { trace, warnings } = await measureLive(plan, options());
    const [steady, brittle] = trace.streams;
    expect(steady!.failed).toBe(0);
    expect(brittle!.failed).toBeGreaterThan(0);
    expect(warnings).toContainEqual(
      expect.objectContaining({
        code: "requests-failed",
        where: 'placement "brittle"',
        cause: expect.stringContaining("exit code 7"),
      }),
    );
    expect(leftovers()).toEqual([]);
  });

  it("calls a placement saturated that gets more than it can serve", async () => {
    const plan = fakePlan({ slow: ["--service-ms=100"] });
    const { trace, warnings } = await measureLive(
      plan,
      options({ durationSeconds: 2, arrivals: { slow: { kind: "poisson", ratePerSecond: 200 } } }),
    );
    expect(trace.streams[0]).toMatchObject({ saturated: true });
    expect(warnings.map(({ code }) => code)).toContain("saturated");
    expect(leftovers()).toEqual([]);
  });

  it("undoes all placements when one does not start, and says which and why", async () => {
    const failure = await measureLive(fakePlan({ good: [], bad: ["--fail"] }), options()).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(DeploymentFailure);
    expect(failure).toMatchObject({
      step: "start",
      message: expect.stringMatching(/placement "bad" did not start.*told to fail/s),
    });
    expect(leftovers()).toEqual([]);
  });

  it.each<[string, Partial<Plan>, Partial<LiveOptions>, string, RegExp]>([
    ["cannot be emitted", { powerMode: "slow" }, {}, "emit", /asks for power mode "slow"/],
    ["the machine cannot run", {}, { home: "/nowhere" }, "check", /FAIL {2}partitune is not in \/nowhere/],
  ])("says why a plan %s", async (_, parts, changed, step, message) => {
    const failure = await measureLive(fakePlan({ a: [] }, parts), options(changed)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ step, message: expect.stringMatching(message) });
    expect(leftovers()).toEqual([]);
  });

  it("says what to do when sockets have no place", async () => {
    writeFileSync(join(folder, "file"), "");
    process.env.PARTITUNE_RUN_DIR = join(folder, "file");
    const failure = measureLive(fakePlan({ a: [] }), options());
    await expect(failure).rejects.toThrow(/has no place for its sockets:.*set PARTITUNE_RUN_DIR/s);
  });

  it("refuses a duration of nothing before it deploys anything", async () => {
    await expect(measureLive(fakePlan({ a: [] }), options({ durationSeconds: 0 }))).rejects.toThrow(/duration 0 s/);
    expect(existsSync(join(folder, "bundle"))).toBe(false);
  });

  it.each(["start", "load"] as const)("stops everything when it is aborted during the step %s", async (step) => {
    const controller = new AbortController();
    const reason = new Error("Ctrl-C");
    const onProgress = (progress: LiveProgress) => {
      if (progress.step === step) controller.abort(reason);
    };
    const plan = fakePlan({ a: [], b: [] });
    await expect(
      measureLive(plan, { ...options({ durationSeconds: 60 }), signal: controller.signal, onProgress }),
    ).rejects.toBe(reason);
    expect(leftovers()).toEqual([]);
  });

  it.each(["start", "load"] as const)(
    "leaves nothing behind when its process is killed during the step %s",
    async (step) => {
      writeFileSync(join(folder, "plan.json"), JSON.stringify(fakePlan({ a: ["--slow-start-ms=300"], b: [] })));
      const program = `
      import { readFileSync } from "node:fs";
      import { measureLive } from ${JSON.stringify(join(repository, "packages/profiler/src/live/measureLive.ts"))};
      const plan = JSON.parse(readFileSync("plan.json", "utf8"));
      const options = ${JSON.stringify(options({ durationSeconds: 60 }))};
      await measureLive(plan, { ...options, onProgress: ({ step }) => process.stdout.write(step + "\\n") });`;
      const child = spawn("node", ["--input-type=module-typescript", "-e", program], {
        cwd: folder,
        stdio: ["ignore", "pipe", "inherit"],
      });
      let said = "";
      for await (const bytes of child.stdout) {
        said += bytes;
        if (said.includes(step)) break;
      }
      if (step === "start") while (leftovers().length < 4) await sleep(10);
      child.kill("SIGKILL");
      await once(child, "exit");
      while (leftovers().length > 0) await sleep(50);
      expect(readFileSync(join(folder, "bundle", "stop.log"), "utf8")).toBe(`plan "${folder}" is stopped\n`);
    },
  );
});

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { planId } from "@partitune/emitter";
import { type CompareLiveOptions, compareLive } from "@partitune/profiler";
import { type Plan, sharingComparison } from "@partitune/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeEngine, groupsNamed, repository } from "../../emitter/fixtures/bundle.ts";
import { examplePlacement, examplePlan, exampleWorkload } from "../../emitter/fixtures/examplePlan.ts";

const made = { tool: "partitune 0.1.0", at: "2026-01-01T00:00:00.000Z", seed: 1, inputs: [] };
const share = { kind: "cpu-share", share: 0.3 } as const;

/** Two placements with engines that sleep, each with a demand of 40 requests/s; the second's service has a name of its own. */
function fakePlan(folder: string, flags: readonly string[] = []): Plan {
  return examplePlan({
    workloads: ["a", "b"].map((name) =>
      exampleWorkload(name, {
        engine: "command",
        command: ["node", fakeEngine, `--record=${join(folder, `${name}.json`)}`, ...(name === "b" ? flags : [])],
      }),
    ),
    placements: [examplePlacement("a", "a", share), examplePlacement("b", "b", share)],
    demands: [
      { workload: "a", ratePerSecond: 40, deadlineSeconds: 0.5, percentile: 0.9 },
      { workload: "b", service: "photos", ratePerSecond: 40, deadlineSeconds: 0.5, percentile: 0.9 },
    ],
  });
}

describe("compareLive", () => {
  let folder = "";
  const before = process.env.PARTITUNE_RUN_DIR;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "partitune-compare-"));
    process.env.PARTITUNE_RUN_DIR = folder;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.PARTITUNE_RUN_DIR;
    else process.env.PARTITUNE_RUN_DIR = before;
    rmSync(folder, { recursive: true });
  });

  const options = (parts: Partial<CompareLiveOptions> = {}): CompareLiveOptions => ({
    folder: join(folder, "bundles"),
    home: repository,
    directory: folder,
    durationSeconds: 1.5,
    intervalSeconds: 0.5,
    warmupSeconds: 0.2,
    seed: 1,
    made,
    ...parts,
  });

  it("serves the same requests as planned and unpartitioned, services one after the other, and leaves nothing behind", async () => {
    const steps: string[] = [];
    const plan = fakePlan(folder);
    const { comparison, findings } = await compareLive(plan, {
      ...options({ starts: { photos: { startSeconds: 0.5 } } }),
      onProgress: ({ step }) => {
        if (steps.at(-1) !== step) steps.push(step);
      },
    });
    expect(sharingComparison.parse(comparison)).toEqual(comparison);
    expect(comparison).toMatchObject({ source: "measured", synthetic: false, durationSeconds: 1.5 });
    expect(comparison.services).toEqual([
      { service: "a", ratePerSecond: 40, startSeconds: 0, deadlineSeconds: 0.5 },
      { service: "photos", ratePerSecond: 40, startSeconds: 0.5, deadlineSeconds: 0.5 },
    ]);
    expect(comparison.phases).toEqual([
      { startSeconds: 0, endSeconds: 0.5, active: ["a"] },
      { startSeconds: 0.5, endSeconds: 1.5, active: ["a", "photos"] },
    ]);
    expect(comparison.lanes.map(({ name }) => name)).toEqual(["plan", "unpartitioned"]);
    const cameIn = comparison.lanes.map(({ streams }) =>
      streams.map(({ service, phases }) => [service, ...phases.map(({ requests, failed }) => requests + failed)]),
    );
    expect(cameIn[0]).toEqual(cameIn[1]);
    expect(cameIn[0]![1]!.slice(0, 2)).toEqual(["photos", 0]);
    expect(cameIn[0]![0]![2]).toBeGreaterThan(10);
    for (const { streams } of comparison.lanes)
      for (const { phases, timeline } of streams) {
        expect(timeline.reduce((sum, { requests }) => sum + requests, 0)).toBe(
          phases.reduce((sum, { requests, failed }) => sum + requests + failed, 0),
        );
        const last = phases.at(-1)!;
        expect(last.p50!.value).toBeGreaterThan(0.001); // the engine sleeps for a millisecond
        expect(last.p99!.value).toBeGreaterThanOrEqual(last.p50!.value);
        expect(last.deviationSeconds).toBeGreaterThan(0);
      }
    expect(steps).toEqual(["check", "start", "load", "stop", "check", "start", "load", "stop"]);
    expect(findings.some((line) => /shares are held by/.test(line))).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith("partitune-"))).toEqual([]);
    expect(["plan", "unpartitioned"].flatMap((name) => groupsNamed(planId(`compared-${name}`)))).toEqual([]);
    checkDeployed(plan);
  });

  /** As planned first; then without shares, every engine free to use all cores. */
  function checkDeployed(plan: Plan): void {
    const [planned, free] = ["plan", "unpartitioned"].map((name) =>
      JSON.parse(readFileSync(join(folder, "bundles", name, "plan.json"), "utf8")),
    );
    expect(planned).toEqual(plan);
    for (const { config, threads } of free.placements)
      expect([config.partition, threads]).toEqual([{ kind: "whole" }, plan.device.cores]);
    // What the engine was started with the second time.
    expect(JSON.parse(readFileSync(join(folder, "b.json"), "utf8")).threads).toBe(String(plan.device.cores));
  }

  it("counts requests that a crashed engine left unanswered, phase by phase, and says so", async () => {
    const { comparison, warnings } = await compareLive(
      fakePlan(folder, ["--crash-after=12"]),
      options({ durationSeconds: 0.8 }),
    );
    const failing = comparison.lanes[0]!.streams[1]!.phases[0]!;
    expect(failing.failed).toBeGreaterThan(0);
    expect(failing.attainment).toBeLessThan(1);
    expect(warnings).toContainEqual(
      expect.objectContaining({ code: "requests-failed", where: 'partitioned as planned, service "photos"' }),
    );
  });

  it.each([
    [
      "a start of nobody",
      { starts: { b: { startSeconds: 0 } } },
      'the start of "b" names no service of the plan; use one of "a", "photos"',
    ],
    [
      "a service that never begins",
      { starts: { a: { startSeconds: 9 } } },
      'service "a" is to get requests from 9 s to 1.5 s',
    ],
    ["no duration", { durationSeconds: 0 }, "the duration cannot be 0 s"],
    ["no interval", { intervalSeconds: Number.NaN }, "the interval cannot be NaN s"],
    ["a negative warm-up", { warmupSeconds: -1 }, "the warm-up cannot be -1 s"],
  ])("refuses %s before anything is deployed", async (_, parts, message) => {
    await expect(compareLive(fakePlan(folder), options(parts))).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("refuses a plan that runs what nobody asks for", async () => {
    const plan = { ...fakePlan(folder), demands: [] };
    const arrivals = { a: { kind: "poisson", ratePerSecond: 1 }, b: { kind: "poisson", ratePerSecond: 1 } } as const;
    await expect(compareLive(plan, options({ arrivals }))).rejects.toThrow('workload "a" runs without a demand');
  });
});

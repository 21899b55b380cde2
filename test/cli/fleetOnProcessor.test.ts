import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FleetPlan, loadJson, saveJson } from "@partitune/schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fakeEngine } from "../emitter/fixtures/bundle.ts";
import { cpuFleetPlan } from "../schema/exampleCpuFleetPlan.ts";
import { migFleetPlan } from "../schema/exampleFleetPlan.ts";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const runFolder = process.env.PARTITUNE_RUN_DIR;

/** Synthetic: two services of engines that sleep, on shares of a processor with one core. */
function deployable(): FleetPlan {
  const plan = cpuFleetPlan();
  return {
    ...plan,
    devices: plan.devices.map((device) => ({ ...device, cores: 1 })),
    workloads: plan.workloads.map((workload) => ({
      ...workload,
      engine: { engine: "command", command: ["node", fakeEngine] },
    })),
  };
}

beforeAll(() => {
  process.env.PARTITUNE_RUN_DIR = folder;
  saveJson(at("desk.json"), deployable());
  saveJson(at("cards.json"), migFleetPlan());
});

afterAll(() => {
  if (runFolder === undefined) delete process.env.PARTITUNE_RUN_DIR;
  else process.env.PARTITUNE_RUN_DIR = runFolder;
});

describe("a fleet plan of one processor", () => {
  test("is emitted as the scripts of its placements", async () => {
    const { code } = await runCli("emit", at("desk.json"), "--out", at("deploy"));
    expect(code).toBe(0);
    expect(existsSync(at("deploy/start.sh"))).toBe(true);
    const plan = JSON.parse(readFileSync(at("deploy/plan.json"), "utf8"));
    expect(plan.placements.map(({ id }: { id: string }) => id)).toEqual(["gpu0.0/faces", "gpu0.1/vgg16"]);
  });

  test("is verified by deploying it", async () => {
    const words = [
      "--live-duration",
      "1",
      "--duration",
      "20",
      "--seeds",
      "2",
      "--folder",
      at("live"),
      "--out",
      at("report.json"),
    ];
    const { code, stdout } = await runCli("verify", at("desk.json"), "--live", ...words);
    expect(code).not.toBe(2);
    expect(stdout).toMatch(/faces response/);
    const report = loadJson(at("report.json"), "report");
    expect(report.traces.filter(({ source }) => source === "measured")).toHaveLength(1);
  });

  test("is compared with unpartitioned running on this machine", async () => {
    const words = [
      "--start",
      "faces 0s, vgg16 0.5s",
      "--duration",
      "1",
      "--folder",
      at("compare"),
      "--out",
      at("comparison.json"),
    ];
    const { code, stdout, stderr } = await runCli("compare", at("desk.json"), "--live", ...words);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^measured, /);
    expect(stdout).toMatch(/unpartitioned: all on the whole processor/);
    expect(stderr).toMatch(/both ways deployed, measured and stopped/);
    const { lanes, phases, made } = loadJson(at("comparison.json"), "sharing-comparison");
    expect(lanes.map(({ name }) => name)).toEqual(["plan", "unpartitioned"]);
    expect(phases.map(({ active }) => active)).toEqual([["faces"], ["faces", "vgg16"]]);
    expect(made.inputs.map(({ name }) => name)).toEqual(["desk.json"]);
  });
});

describe("a fleet plan of cards", () => {
  test.each([
    ["verify", ["verify", "--live"]],
    ["compare", ["compare", "--live"]],
  ])("is not deployed on a processor by %s, which says why", async (_, [command, ...words]) => {
    const { code, stderr } = await runCli(command!, at("cards.json"), ...words);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /of the fleet plan is no processor, so it cannot run on a processor; emit the plan for its cards/,
    );
  });

  test("is refused by the target cpu", async () => {
    const { code, stderr } = await runCli("emit", at("cards.json"), "--target", "cpu", "--out", at("cards"));
    expect(code).toBe(1);
    expect(stderr).toMatch(/refused: device ".*": is no processor; emit the plan for its cards/);
  });
});

test("compare --live takes the plan alone", async () => {
  writeFileSync(at("profile.csv"), "");
  const { code, stderr } = await runCli("compare", at("desk.json"), at("profile.csv"), "--live");
  expect(code).toBe(2);
  expect(stderr).toMatch(/names 2 files; with --live give the fleet plan alone/);
});

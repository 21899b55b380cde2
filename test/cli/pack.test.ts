import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FleetPlan, loadJson, saveProfile } from "@partitune/schema";
import { beforeAll, describe, expect, test } from "vitest";
import { checkFleetPlan } from "../solver/packing/checkFleetPlan.ts";
import { smallFleetProfile } from "../solver/packing/fleetProfile.ts";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const profile = smallFleetProfile({ default: [1, 1], low: [1.5, 0.4] });
const demands = [
  "--demand",
  "resnet50 1400/s 60ms p99",
  "--demand",
  "photos:vgg16 420/s 100ms",
  "--demand",
  "bert 60/s 300ms p95",
];
const quick = ["--rule", "half-slo"];
const pack = (...words: readonly string[]) => runCli("pack", at("profile"), ...words);

beforeAll(() => {
  saveProfile(at("profile"), profile);
  const filed = (name: string, entries: readonly object[]) =>
    writeFileSync(at(name), JSON.stringify({ kind: "demands", version: 1, demands: entries }));
  filed("demands.json", [
    { workload: "bert", service: "notes", ratePerSecond: 10, deadlineSeconds: 0.3, percentile: 0.95 },
    { workload: "bert", service: "mails", ratePerSecond: 0, deadlineSeconds: 1 },
  ]);
});

describe("partitune pack", () => {
  test("prints who runs where, what is promised and that no plan uses fewer GPUs, and writes the plan", async () => {
    const { code, stdout, stderr } = await pack(...demands, "--out", at("plan.json"));
    expect(code).toBe(0);
    expect(stdout).toContain("synthetic\n");
    expect(stdout).toMatch(
      /\d × NVIDIA A100 SXM4 80GB, power mode default: proved: no plan uses fewer than \d GPUs \(column-generation, rule queue\)/,
    );
    expect(stdout).toMatch(/mig:\dg\.\d0gb@\d/);
    expect(stdout).toContain("p95 ≤ 300 ms");
    expect(stderr).toContain("wrote ");
    const plan = loadJson(at("plan.json"), "fleet-plan");
    expect(checkFleetPlan(plan, profile)).toEqual([]);
    expect(plan.made.inputs).toHaveLength(1);
    expect(plan.services.map(({ name, workload }) => [name, workload])).toEqual([
      ["resnet50", "resnet50"],
      ["photos", "vgg16"],
      ["bert", "bert"],
    ]);
  });

  test("reads demands from a file, and warns of a service that asks for nothing", async () => {
    const { code, stdout, stderr } = await pack("--demands", at("demands.json"), "--json");
    expect(code).toBe(0);
    const plan = JSON.parse(stdout) as FleetPlan;
    expect(plan.services.map(({ name }) => name)).toEqual(["notes", "mails"]);
    expect(plan.gpus).toHaveLength(1);
    expect(stderr).toContain('service "mails": no-requests');
    expect(plan.made.inputs).toHaveLength(2);
  });

  test("cuts cards as it is told, and says what it assumes of neighbours", async () => {
    const shares = await pack(...demands, ...quick, "--pieces", "mps-share");
    expect(shares.stdout).toContain("mps-share:0.");
    expect(shares.stderr).toContain("slow each other down by 9 %");
    const told = await pack(...demands, ...quick, "--pieces", "mps-share", "--interference", "1.5", "--json");
    expect(told.stderr).not.toContain("slow each other down");
    expect((JSON.parse(told.stdout) as FleetPlan).interference).toEqual({ model: "constant", slowdown: 1.5 });
    const whole = await pack(...demands, ...quick, "--pieces", "whole", "--interference", "none");
    expect(whole.stdout).toContain("whole");
  });

  test("compares every method with the same bound", async () => {
    const { code, stdout } = await pack(...demands, ...quick, "--method", "all");
    expect(code).toBe(0);
    const lines = stdout.trim().split("\n");
    expect(lines[0]).toMatch(/^method +GPUs +at least +gap +power +time/);
    expect(lines).toHaveLength(10);
    expect(stdout).toMatch(/column-generation +\d +\d +0 % +\d+ W/);
  });

  test("plans for least power over all modes that were measured, or in the one named", async () => {
    const two = demands.slice(2);
    const any = JSON.parse((await pack(...two, ...quick, "--objective", "power", "--json")).stdout) as FleetPlan;
    const one = JSON.parse(
      (await pack(...two, ...quick, "--objective", "power", "--power-mode", "default", "--json")).stdout,
    ) as FleetPlan;
    expect(any.optimality.objective).toEqual({ name: "power", unit: "w" });
    expect(any.optimality.bound!).toBeLessThanOrEqual(one.optimality.value);
    expect(new Set(one.gpus.map(({ powerMode }) => powerMode))).toEqual(new Set(["default"]));
    expect(any.gpus.some(({ powerMode }) => powerMode === "low")).toBe(true);
  });

  test("plans for most headroom on the GPUs that there are, and says when they are too few", async () => {
    const { code, stdout } = await pack(...demands, ...quick, "--objective", "headroom", "--gpus", "4");
    expect(code).toBe(0);
    expect(stdout).toMatch(/least capacity over rate \d\.\d+/);
    const few = await pack(...demands, ...quick, "--objective", "load", "--gpus", "1");
    expect(few.code).toBe(1);
    expect(few.stderr).toMatch(/infeasible: 1 GPU cannot answer the rates: the best plan found answers \d+ %/);
    const none = await pack(...demands, ...quick, "--gpus", "1");
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/infeasible: no plan uses fewer than \d GPUs, and there are 1/);
  });

  test("shows what more GPUs would bear", async () => {
    const { code, stdout } = await pack(
      ...demands,
      ...quick,
      "--front",
      "gpus,load",
      "--gpus",
      "4",
      "--out",
      at("front.json"),
    );
    expect(code).toBe(0);
    expect(stdout).toContain("load_factor (higher is better)");
    expect(loadJson(at("front.json"), "pareto-front").objectives.map(({ name }) => name)).toEqual([
      "GPUs",
      "load_factor",
    ]);
  });

  test("names the model that cannot keep its deadline, and the least that it can promise", async () => {
    const { code, stderr } = await pack("--demand", "photos:vgg16 10/s 2ms", "--demand", "bert 10/s 300ms");
    expect(code).toBe(1);
    expect(stderr).toContain("infeasible: some demands cannot be met\n");
    expect(stderr).toMatch(
      /service "photos": model "vgg16" cannot keep 2 ms under queue: its quickest batch takes 2\.29 ms/,
    );
    const json = await pack("--demand", "vgg16 10/s 2ms", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({ status: "unservable", services: [{ service: "vgg16" }] });
  });

  test("lets the simulator reject plans of an unsafe rule, and says what it was given instead", async () => {
    const { code, stdout, stderr } = await pack(
      "--demand",
      "bert 30/s 60ms p99",
      "--rule",
      "latency-only",
      "--accept",
      "--json",
    );
    expect(stderr).toContain("the simulator rejected a plan: ");
    expect(stderr).toMatch(/packed again with room for "bert" [\d.]+\/s instead of/);
    const plan = JSON.parse(stdout) as FleetPlan;
    expect(code).toBe(stderr.includes("not accepted") ? 1 : 0);
    expect(checkFleetPlan(plan, profile)).toEqual([]);
  });
});

describe("partitune pack refuses", () => {
  test.each([
    ["no demand", [], "names no demand"],
    [
      "an unknown workload",
      ["--demand", "gpt 1/s 1s"],
      'names workload "gpt", which is not in the profile; known are "resnet50", "vgg16", "bert"',
    ],
    [
      "an unknown way to cut",
      [...demands, "--pieces", "mig,half"],
      'names "half", which is no way to cut a card; choose from mig, mps-share, sm-partition, cpu-share, whole',
    ],
    [
      "pieces that were not measured",
      [...demands, "--pieces", "sm-partition"],
      "it was measured on: mig, mps-share, whole",
    ],
    ["an unknown power mode", [...demands, "--power-mode", "turbo"], "it was measured in: default, low"],
    ["a speed-up", [...demands, "--interference", "0.9"], "is no slowdown, which is at least 1"],
    ["headroom below 0", [...demands, "--headroom", "-1"], "is not a number from 0 on"],
    [
      "headroom on any number of GPUs",
      [...demands, "--objective", "headroom"],
      "needs a number of GPUs; add for example --gpus 4",
    ],
    [
      "a method for headroom",
      [...demands, "--objective", "load", "--gpus", "4", "--method", "kaist"],
      "has no effect on --objective load",
    ],
    ["all methods for power", [...demands, "--objective", "power", "--method", "all"], "compares numbers of GPUs"],
    [
      "a front that is none",
      [...demands, "--front", "gpus,headroom"],
      "names no two objectives that can be traded; write one of: gpus,power gpus,load",
    ],
    [
      "a front with a method",
      [...demands, "--front", "gpus,load", "--method", "kaist"],
      "goes with no --method, --objective or --accept",
    ],
    ["half a GPU", [...demands, "--gpus", "0.5"], "is not a whole number from 1 on"],
  ])("%s", async (_, words, message) => {
    const { code, stderr, stdout } = await pack(...words);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });
});

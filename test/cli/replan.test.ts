import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FleetPlan, type FleetSchedule, type FleetTransition, loadJson, saveProfile } from "@partitune/schema";
import { beforeAll, describe, expect, test } from "vitest";
import { smallFleetProfile } from "../solver/packing/fleetProfile.ts";
import { playTransition } from "../solver/provisioning/playTransition.ts";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const plan = () => loadJson(at("fleet.json"), "fleet-plan");

const demandsFile = (rates: Readonly<Record<string, number>>) =>
  JSON.stringify({
    kind: "demands",
    version: 1,
    demands: Object.entries(rates).map(([workload, ratePerSecond]) => ({
      workload,
      ratePerSecond,
      deadlineSeconds: 0.3,
      percentile: 0.99,
    })),
  });

beforeAll(async () => {
  saveProfile(at("profile"), smallFleetProfile());
  writeFileSync(at("night.json"), demandsFile({ resnet50: 200, vgg16: 20 }));
  writeFileSync(at("day.json"), demandsFile({ resnet50: 2500, vgg16: 500, bert: 40 }));
  const packed = await runCli(
    "pack",
    at("profile"),
    ...["resnet50 1500/s 200ms", "vgg16 500/s 300ms", "notes:bert 30/s 800ms"].flatMap((text) => ["--demand", text]),
    ...["--rule", "half-slo", "--out", at("fleet.json")],
  );
  expect(packed.code).toBe(0);
});

describe("partitune replan", () => {
  test("changes one rate, writes the plan and the steps, and says what changes", async () => {
    const words = ["--demand", "vgg16 800/s 300ms", "--out", at("new.json"), "--transition", at("steps.json")];
    const { code, stdout } = await runCli("replan", at("fleet.json"), at("profile"), ...words);
    expect(code).toBe(0);
    const next = loadJson(at("new.json"), "fleet-plan");
    const steps = loadJson(at("steps.json"), "fleet-transition");
    expect(next.services.map(({ name, ratePerSecond }) => [name, ratePerSecond]).sort()).toEqual([
      ["notes", 30],
      ["resnet50", 1500],
      ["vgg16", 800],
    ]);
    expect(steps.before).toEqual(plan().gpus);
    expect(steps.after).toEqual(next.gpus);
    expect(playTransition(steps)).toEqual([]);
    expect(stdout).toMatch(/^\d+ GPUs?, \d+ before; a plan made afresh uses \d+, and none fewer than \d+\n/);
    expect(stdout).toContain(`a plan made afresh uses ${next.gpus.length},`);
    expect(stdout).toMatch(/\d+ pieces? touched \(/);
    expect(stdout).toContain("every service keeps its capacity throughout");
  });

  test("says that nothing is to be done when nothing changes", async () => {
    const { code, stdout } = await runCli("replan", at("fleet.json"), at("profile"));
    expect(code).toBe(0);
    expect(stdout).toContain("0 pieces touched (0 % of");
    expect(stdout).toContain("0 steps in");
  });

  test("gives everything to programs", async () => {
    const { code, stdout } = await runCli("replan", at("fleet.json"), at("profile"), "--drop", "notes", "--json");
    expect(code).toBe(0);
    const answer = JSON.parse(stdout) as { plan: FleetPlan; transition: FleetTransition; proved: boolean };
    expect(answer.plan.services.map(({ name }) => name)).not.toContain("notes");
    expect(playTransition(answer.transition)).toEqual([]);
    expect(answer.proved).toBe(true);
  });

  test("replaces all demands by those of a file, and takes a card out", async () => {
    const { gpus } = plan();
    const words = ["--demands", at("day.json"), "--without", gpus[0]!.id, "--json"];
    const { code, stdout } = await runCli("replan", at("fleet.json"), at("profile"), ...words);
    const { plan: next, transition } = JSON.parse(stdout) as { plan: FleetPlan; transition: FleetTransition };
    expect(code).toBe(transition.dips.length === 0 ? 0 : 1);
    expect(next.services.map(({ name }) => name)).toEqual(["resnet50", "vgg16", "bert"]);
    expect(next.gpus.map(({ id }) => id)).not.toContain(gpus[0]!.id);
    expect(playTransition(transition)).toEqual([]);
  });

  test("answers no when a service dips on the way, and says where; a spare card helps", async () => {
    const whole = ["--pieces", "whole", "--rule", "half-slo", "--out", at("whole.json")];
    expect((await runCli("pack", at("profile"), "--demand", "resnet50 500/s 200ms", ...whole)).code).toBe(0);
    const words = ["--pieces", "whole,mig", "--demand", "vgg16 100/s 300ms", "--spares"];
    const { code, stdout } = await runCli("replan", at("whole.json"), at("profile"), ...words, "0");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^dip +from step +to step +missing +lasts\nresnet50 +1 /m);
    expect(stdout).toContain("somebody agrees that resnet50 may lack up to");
    const spared = await runCli("replan", at("whole.json"), at("profile"), ...words, "1");
    expect(spared.code).toBe(0);
    expect(spared.stdout).toContain("on the way also spare0");
  });

  test("answers no, with the service and the reason, when a demand cannot be met", async () => {
    const { code, stdout, stderr } = await runCli(
      "replan",
      at("fleet.json"),
      at("profile"),
      ...["--demand", "quick:bert 5/s 2ms"],
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain('service "quick": model "bert" cannot keep 2 ms under half-slo');
  });

  test("answers no when the GPUs that may be used do not suffice", async () => {
    const words = ["--demand", "vgg16 9000/s 300ms", "--gpus", "1"];
    const { code, stderr } = await runCli("replan", at("fleet.json"), at("profile"), ...words);
    expect(code).toBe(1);
    expect(stderr).toContain("no plan found on 1 GPUs");
  });

  test.each([
    [
      "a service that is not there",
      ["--drop", "nobody"],
      'option --drop "nobody" names no service of the plan; it has "resnet50"',
    ],
    ["a GPU that is not there", ["--without", "gpu99"], 'option --without "gpu99" names no GPU of the running plan'],
    [
      "a step that is not known",
      ["--step-seconds", "wait=3"],
      'option --step-seconds "wait=3" is no step with its seconds',
    ],
    ["a loss of everything", ["--allowed-loss", "1"], "option --allowed-loss"],
    ["a slack that is no number", ["--slack", "some"], "option --slack"],
    ["a workload that was never measured", ["--demand", "llama 3/s 1s"], '"llama"'],
  ])("refuses %s", async (_, words, message) => {
    const { code, stdout, stderr } = await runCli("replan", at("fleet.json"), at("profile"), ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  test("refuses a file that is no fleet plan", async () => {
    const { code, stderr } = await runCli("replan", at("day.json"), at("profile"));
    expect(code).toBe(2);
    expect(stderr).toContain("fleet-plan");
  });

  test("has help with what is assumed", async () => {
    const { stdout } = await runCli("replan", "--help");
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("assumed, not measured: create=2,destroy=1,mig-mode=10,start=20");
  });
});

describe("partitune pack --periods", () => {
  const usual = ["--demand", "resnet50 1500/s 200ms", "--demand", "vgg16 500/s 300ms", "--rule", "half-slo"];

  test("plans a day, and says what it saves against the peak", async () => {
    const words = [...usual, "--periods", "14h 0.3x, 10h 1x", "--repeat", "--out", at("schedule.json")];
    const { code, stdout } = await runCli("pack", at("profile"), ...words);
    expect(code).toBe(0);
    const schedule: FleetSchedule = loadJson(at("schedule.json"), "fleet-schedule");
    expect(schedule.periods.map(({ name, seconds }) => [name, seconds])).toEqual([
      ["1: 14h 0.3x", 14 * 3600],
      ["2: 10h 1x", 10 * 3600],
    ]);
    expect(schedule.gpuSeconds).toBeLessThan(schedule.peakGpuSeconds);
    expect(stdout).toMatch(/GPU-hours, changes included; planned for the highest rates all the time .* less\n/);
    expect((await runCli("show", at("schedule.json"))).stdout).toBe(stdout);
  });

  test("takes a file of demands for every period", async () => {
    const words = ["--rule", "half-slo", "--periods", `8h ${at("night.json")}, 16h ${at("day.json")}`, "--json"];
    const { code, stdout } = await runCli("pack", at("profile"), ...words);
    expect(code).toBe(0);
    const schedule = JSON.parse(stdout) as FleetSchedule;
    expect(schedule.periods.map(({ services }) => services.map(({ name }) => name))).toEqual([
      ["resnet50", "vgg16"],
      ["resnet50", "vgg16", "bert"],
    ]);
    expect(schedule.periods[0]!.change).toBeNull();
    expect(readFileSync(at("day.json"), "utf8")).toContain("2500");
  });

  test.each([
    [
      "a rate for several demands",
      [...usual, "--periods", "8h 40/s"],
      'option --periods "8h 40/s" gives one rate to 2 demands',
    ],
    ["a factor on nothing", ["--periods", "8h 2x"], 'option --periods "8h 2x" changes the rate of no demand'],
    ["what is no length", [...usual, "--periods", "always"], 'option --periods "always" is no length'],
    ["a file that is not there", [...usual, "--periods", "8h none.json"], "none.json"],
    ["another method", [...usual, "--periods", "8h 1x", "--method", "kaist"], "option --periods goes with no --method"],
    ["another objective", [...usual, "--periods", "8h 1x", "--objective", "power"], "plans fewest GPUs, not power"],
    ["a repetition of nothing", [...usual, "--repeat"], "option --repeat says how a schedule is made; add --periods"],
  ])("refuses %s", async (_, words, message) => {
    const { code, stdout, stderr } = await runCli("pack", at("profile"), ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  test("answers no when a period asks for what cannot be", async () => {
    const words = ["--demand", "bert 5/s 2ms", "--rule", "half-slo", "--periods", "8h 1x, 8h 2x"];
    const { code, stderr } = await runCli("pack", at("profile"), ...words);
    expect(code).toBe(1);
    expect(stderr).toContain('service "bert"');
  });
});

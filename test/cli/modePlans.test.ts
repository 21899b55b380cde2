import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadJson, type ModePlan, type ModeSchedule } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { fakeEngine } from "../emitter/fixtures/bundle.ts";
import { exampleModePlan, exampleModeSchedule, orinMode, otherOrinMode } from "../emitter/fixtures/exampleModePlan.ts";
import { exampleWorkload } from "../emitter/fixtures/examplePlan.ts";
import { orinConf } from "../emitter/fixtures/orinConf.ts";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

function save(name: string, content: ModePlan | ModeSchedule): string {
  writeFileSync(at(name), JSON.stringify(content));
  return at(name);
}

const board = save("board.json", exampleModePlan());
const days = save(
  "days.json",
  exampleModeSchedule([
    { powerMode: orinMode, seconds: 3600 },
    { powerMode: otherOrinMode, seconds: 3600 },
  ]),
);
const example = exampleModePlan();
const sleeper = { engine: "command", command: ["node", fakeEngine, "--service-ms=5"] } as const;
const desk = save(
  "desk.json",
  exampleModePlan({
    device: { ...example.device, kind: "cpu", cores: 1, powerModes: [{ name: "default" }] },
    powerMode: { name: "default" },
    workloads: [exampleWorkload("camera", sleeper), exampleWorkload("backlog", sleeper)],
    promises: [{ ...example.promises[0]!, target: 60 }],
  }),
);
writeFileSync(at("nvpmodel.conf"), orinConf());

describe("emit of power modes", () => {
  test("writes what fits the plan's device: a board's file patched, with scripts beside it", async () => {
    const { code, stdout } = await runCli("emit", board, "--nvpmodel-conf", at("nvpmodel.conf"), "--out", at("mode"));
    expect(code).toBe(0);
    expect(stdout).toContain(`${at("mode/apply.sh")}\n`);
    expect(stdout).not.toContain("run.sh");
    expect(readFileSync(at("mode/nvpmodel.conf"), "utf8")).toMatch(
      /^# partitune begin board-[0-9a-f]{8}\n< POWER_MODEL ID=3 /m,
    );
    const schedule = await runCli("emit", days, "--nvpmodel-conf", at("nvpmodel.conf"), "--out", at("days"));
    expect(schedule.stdout).toContain(`${at("days/run.sh")}\n`);
    expect(readFileSync(at("days/nvpmodel.conf"), "utf8").match(/NAME=PARTITUNE_/g)).toHaveLength(2);
  });

  test("writes the scripts that carry a plan out on a processor", async () => {
    const { code, stdout } = await runCli("emit", desk, "--out", at("turns"));
    expect(code).toBe(0);
    expect(stdout).toContain(`${at("turns/start.sh")}\n`);
  });

  test.each<[string, readonly string[], number, RegExp]>([
    ["a board's file that is missing", [board], 2, /needs the board's own file.*copy \/etc\/nvpmodel.conf/],
    ["a board's file that is not there", [board, "--nvpmodel-conf", at("nothing")], 2, /cannot be read/],
    ["a mode that the target cannot set", [board, "--target", "nvidia-smi"], 1, /refused: .*sets 8 processor cores/],
    [
      "a plan that the target does not carry",
      [board, "--target", "cpu"],
      1,
      /does not carry a mode-plan; choose interleave or nvpmodel/,
    ],
    ["a card that is none", [board, "--target", "nvidia-smi", "--gpu", "x"], 1, /refused/],
  ])("refuses %s", async (_, words, expected, message) => {
    const { code, stderr } = await runCli("emit", ...words, "--out", at("refused"));
    expect(stderr).toMatch(message);
    expect(code).toBe(expected);
    expect(existsSync(at("refused"))).toBe(false);
  });
});

describe("verify of power modes", () => {
  test("simulates a plan and a schedule, and judges each promise", async () => {
    const plan = await runCli("verify", board, "--seeds", "2", "--duration", "20", "--out", at("report.json"));
    expect(plan).toMatchObject({ code: 0, stdout: expect.stringMatching(/camera worst +camera +≤ 300 ms .* kept\n/) });
    expect(loadJson(at("report.json"), "mode-report").checks).toHaveLength(1);
  });

  test("carries a plan out, measures it, and compares it with the same jobs unmanaged", async () => {
    const live = [
      "--live",
      "--live-duration",
      "0.6",
      "--folder",
      at("live"),
      "--compare",
      "--seeds",
      "2",
      "--arrivals",
      "jittered",
    ];
    const { code, stdout, stderr } = await runCli("verify", desk, ...live);
    expect(code).toBe(0);
    expect(stdout).toMatch(/measured worst latency [\d.]+ m?s in 1 run/);
    expect(stdout).toContain("measured, taking turns by the plan's rule, arrivals given");
    expect(stdout).toContain("measured, unmanaged");
    expect(stderr).toMatch(/camera: \d+ minibatches, .* in the median/);
    for (const name of ["managed", "unmanaged"])
      for (const file of ["minibatches.jsonl", "requests.jsonl"])
        expect(readFileSync(at(`live/${name}/${file}`), "utf8")).toContain('"job":"camera"');
  });

  test.each<[string, readonly string[], RegExp]>([
    ["carrying a schedule out on a processor", [days, "--live"], /mode schedule cannot be carried out on a processor/],
    ["a length for a schedule, which has one", [days, "--duration", "60"], /--duration does not suit a mode schedule/],
    ["comparing what is not carried out", [board, "--compare"], /--compare needs --live and a mode plan/],
    [
      "arrivals that it does not know",
      [board, "--arrivals", "late"],
      /Allowed choices are even, jittered, poisson|late/,
    ],
  ])("refuses %s", async (_, words, message) => {
    const { code, stderr } = await runCli("verify", ...words);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadJson } from "@partitune/schema";
import { beforeAll, describe, expect, test } from "vitest";
import { promise, testModePlan, testSchedule, worked } from "../simulator/testModePlan.ts";
import { testPlan } from "../simulator/testPlan.ts";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const background = { seconds: 0.05, policy: "slack", toleratedSeconds: 0.03 } as const;

beforeAll(() => {
  const turns = { inferences: [worked], background };
  const save = (name: string, content: object) => writeFileSync(at(name), JSON.stringify(content));
  save("kept.json", testModePlan({ ...turns, promises: [promise.worst("a", 0.29), promise.rate("train", 13.75)] }));
  save("broken.json", testModePlan({ ...turns, promises: [promise.worst("a", 0.28)] }));
  save("schedule.json", testSchedule([{ ...turns, seconds: 20, promises: [promise.worst("a", 0.29)] }]));
  save("placements.json", testPlan([{ workload: "net", service: [0.01], ratePerSecond: 10 }]));
});

describe("simulate", () => {
  test("plays a mode plan and prints what happened", async () => {
    const { code, stdout } = await runCli("simulate", at("kept.json"), "--windows", "100", "--out", at("trace.json"));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^simulated, synthetic, taking turns by the plan's rule, arrivals worst-case, 20/);
    expect(stdout).toMatch(/train 13\.[78]\/s minibatches, busy 9\d.* %, mean 25\.\d W, peak 30\.0 W/);
    const trace = loadJson(at("trace.json"), "mode-trace");
    expect(trace).toMatchObject({ source: "simulated", sharing: "managed", made: { seed: "1" } });
    expect((await runCli("show", at("trace.json"))).stdout).toBe(stdout);
  });

  test("plays it unmanaged, and a schedule", async () => {
    const fair = await runCli("simulate", at("kept.json"), "--sharing", "fair", "--arrivals", "even", "--json");
    expect(JSON.parse(fair.stdout)).toMatchObject({ kind: "mode-trace", sharing: "fair", arrivals: "even" });
    expect((await runCli("simulate", at("schedule.json"))).code).toBe(0);
    const steady = await runCli("simulate", at("kept.json"), "--windows", "50", "--json");
    const scattered = await runCli("simulate", at("kept.json"), "--windows", "50", "--json", "--scatter", "0.1");
    const worst = [steady, scattered].map(({ stdout }) => JSON.parse(stdout).periods[0].inferences[0].worstSeconds);
    expect(worst[1]).toBeGreaterThan(worst[0]);
  });

  test.each([
    [["kept.json", "--duration", "3"], "option --duration has no effect on a mode-plan; leave it out"],
    [["schedule.json", "--duration", "3"], "option --duration has no effect on a mode-schedule; leave it out"],
    [
      ["placements.json", "--arrivals", "even"],
      "option --arrivals has no effect on a plan of placements; leave it out",
    ],
    [
      ["kept.json", "--sharing", "isolated"],
      'option --sharing "isolated" is no law for a mode-plan; choose one of "managed"',
    ],
    [
      ["placements.json", "--sharing", "slices"],
      'option --sharing "slices" is no law for a plan of placements; choose one of "isolated"',
    ],
    [["kept.json", "--scatter", "-1"], 'option --scatter "-1"'],
    [["kept.json", "--windows", "0"], 'option --windows "0"'],
  ] as const)("%j is refused", async ([file, ...words], message) => {
    const { code, stderr } = await runCli("simulate", at(file), ...words);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe("verify", () => {
  test("judges a mode plan and says why, and writes a report that can be shown", async () => {
    const { code, stdout } = await runCli("verify", at("kept.json"), "--seeds", "2", "--out", at("report.json"));
    expect(code).toBe(0);
    expect(stdout).toContain("kept, simulated worst latency 290 ms in 4 runs, promised at most 290 ms");
    expect(loadJson(at("report.json"), "mode-report").checks.map(({ verdict }) => verdict)).toEqual(["kept", "kept"]);
    expect((await runCli("show", at("report.json"))).stdout).toBe(stdout);
  });

  test("ends with exit code 1 when a promise is broken", async () => {
    const { code, stdout } = await runCli("verify", at("broken.json"), "--seeds", "2");
    expect(code).toBe(1);
    expect(stdout).toContain("broken, simulated worst latency 290 ms in 4 runs, promised at most 280 ms");
  });

  test("judges a schedule period by period", async () => {
    const { code, stdout } = await runCli("verify", at("schedule.json"), "--seeds", "2");
    expect(code).toBe(0);
    expect(stdout).toContain("a worst_response_s, period 1: kept");
  });
});

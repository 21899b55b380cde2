import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadJson } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { parseOverlapNetworks } from "../../packages/cli/src/parseOverlapNetworks.ts";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

describe("kernels overlap", () => {
  test("runs networks beside each other and saves what other commands read", async () => {
    const out = join(temporaryFolder(), "overlap");
    const networks = ["zoo:tiny@8", "--with", "zoo:tiny@8:2", "--wait-every", "3", "--wait-us", "300"];
    const counts = ["--record-steps", "3", "--steps", "2", "--window", "2"];
    const answer = await runCli("kernels", "overlap", ...networks, ...counts, "--out", out);
    expect(answer.code).toBe(0);
    expect(answer.stdout).toContain("zoo:tiny@8 beside zoo:tiny@8 (2) (priority 2)");
    expect(answer.stdout).toContain("after every 3. operator the urgent host waits 300 µs ± 30 %, on purpose");
    expect(answer.stderr).toContain("waits-on-purpose");

    const overlap = loadJson(join(out, "overlap.json"), "kernel-overlap");
    expect(overlap.outcomes.map(({ steps }) => steps.length)).toEqual([2, 2, 2, 2, 2]);
    expect(overlap.outcomes.every(({ predicted }) => predicted?.length === 2)).toBe(true);
    expect(overlap.high.operators).toBe(8);
    const alone = overlap.outcomes[0]!;
    for (const [step, predicted] of alone.predicted!.entries()) {
      expect(predicted.lowWork).toBe(0);
      expect(predicted.completion).toBeLessThanOrEqual(alone.steps[step]!.completion);
    }

    const shown = await runCli("show", join(out, "overlap.json"));
    expect(shown.stdout).toBe(answer.stdout);
    const traces = [join(out, "high.kernels.json"), "--with", join(out, "low-1.kernels.json")];
    const simulated = await runCli("kernels", "simulate", ...traces, "--plan", join(out, "fill.plan.json"));
    expect(simulated.code).toBe(0);

    const again = ["--plan", join(out, "fill.plan.json"), "--json"];
    const carriedOut = await runCli("kernels", "overlap", ...networks, ...counts, ...again);
    expect(JSON.parse(carriedOut.stdout)).toMatchObject({
      kind: "kernel-overlap",
      made: { inputs: [{ name: "fill.plan.json" }] },
    });
  });

  test.each([
    [["--with", "zoo:tiny:0"], "a level that is none from 1 to 9"],
    [["--with", "zoo:tiny@8", "--record-steps", "2"], "--record-steps"],
    [["--with", "zoo:tiny@8", "--policies", "fill,fair"], 'names "fair", which is none'],
    [["--with", "missing.onnx"], 'model "missing.onnx" does not exist'],
  ])("%j is refused", async (options, message) => {
    const answer = await runCli("kernels", "overlap", "zoo:tiny@8", ...options);
    expect(answer.code).toBe(2);
    expect(answer.stderr).toContain(message);
  });

  test("bad input leaves no folder behind", async () => {
    const out = join(temporaryFolder(), "overlap");
    await runCli("kernels", "overlap", "zoo:tiny@8", "--with", "zoo:tiny@8", "--wait-spread", "2", "--out", out);
    expect(existsSync(out)).toBe(false);
  });
});

test("networks that occur again get a number behind their names", () => {
  expect(parseOverlapNetworks("zoo:tiny", ["zoo:tiny:3", "zoo:tiny", "zoo:tiny@8"])).toMatchObject({
    high: { name: "zoo:tiny" },
    low: [
      { model: "zoo:tiny", name: "zoo:tiny (2)", priority: 3 },
      { name: "zoo:tiny (3)", priority: 1 },
      { name: "zoo:tiny@8" },
    ],
  });
});

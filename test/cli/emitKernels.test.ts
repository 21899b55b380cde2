import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toFillPlan } from "@partitune/solver";
import { buildKernelProfile } from "@partitune/surrogate";
import { describe, expect, test } from "vitest";
import { kernelsMade as made, type SyntheticRow, syntheticKernels } from "../surrogate/fixtures/syntheticKernels.ts";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

function save(name: string, content: object): string {
  writeFileSync(at(name), JSON.stringify(content));
  return at(name);
}

const step: readonly SyntheticRow[] = [
  [0, 100, 50_000, 1],
  [1, 200, 0, 0],
];
const trace = syntheticKernels([step, step, step]);
const low = syntheticKernels([step], { task: "other" });
const plan = toFillPlan({
  high: buildKernelProfile(trace, { made }),
  lows: [{ profile: buildKernelProfile(low, { made }), priority: 1 }],
  expected: { steps: 3, delay: { mean: 0, longest: 0 }, filled: { mean: 40_000, least: 40_000 } },
  made,
});

describe("emit of kernels", () => {
  test("writes a fill plan with its tables and what a scheduler needs", async () => {
    const { code, stdout, stderr } = await runCli("emit", save("fill.json", plan), "--out", at("fill"));
    expect(code).toBe(0);
    expect(stdout.split("\n")).toEqual([
      ...["plan.json", "tables.csv", "README.md"].map((file) => at(`fill/${file}`)),
      "",
    ]);
    expect(stderr).toMatch(/nothing on a machine reads these files by itself/);
    expect(readFileSync(at("fill/README.md"), "utf8")).toMatch(/^# Plan `fill`: kernels in the gaps of `urgent`/);
  });

  test("writes a traced task as a client of Orion", async () => {
    const { code, stderr } = await runCli("emit", save("trace.json", trace), "--out", at("orion"));
    expect(code).toBe(0);
    expect(stderr).toMatch(/expect Orion to run fewer of them/);
    expect(readFileSync(at("orion/kernels"), "utf8")).toBe(
      "Name,Profile,Memory_footprint,SM_usage,Duration\na,-1,0,1,100\nb,-1,0,2,200\n",
    );
  });

  test("says no to targets that do not carry them", async () => {
    const { code, stderr } = await runCli("emit", save("fill.json", plan), "--target", "mps", "--out", at("none"));
    expect(code).toBe(1);
    expect(stderr).toMatch(/target "mps" does not carry a kernel-fill-plan; choose kernel-fill/);
  });

  test.each(["verify", "simulate"])("%s, which plays requests, refuses a fill plan", async (command) => {
    const { code, stderr } = await runCli(command, save("fill.json", plan));
    expect(code).toBe(2);
    expect(stderr).toMatch(/kernel-fill-plan/);
  });
});

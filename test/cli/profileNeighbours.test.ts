import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadJson, loadProfile } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

const names = ["resnet18", "resnet50", "bert"];
const workloads = names.map((name) => ({
  name,
  engine: { engine: "synthetic-card", workload: name },
  batches: [8],
}));
writeFileSync(at("card.json"), JSON.stringify({ kind: "workloads", version: 1, workloads }));

const shares = ["--partitions", "mps-share:0.3,mps-share:0.5,mps-share:0.7"];

function profile(out: string, ...words: readonly string[]) {
  const own = ["--executor", "synthetic-a100", "--protocol", "sweep", "--workloads", at("card.json"), "--out", at(out)];
  return runCli("profile", ...own, ...shares, ...words);
}

describe("profile --neighbours", () => {
  test("measures pairs, says how many before it begins, and what it measures is enough to fit and to plan with", async () => {
    const { code, stderr } = await profile("pairs", "--neighbours", "pairs");
    expect(code).toBe(0);
    // Three ways to place a pair in order, 3 × 3 ordered pairs of workloads.
    expect(stderr).toMatch(/^side by side, in each round: 27 settings, all 6 pairs of workloads\n/);
    const { measurements } = loadProfile(at("pairs"));
    const beside = measurements.filter(({ point }) => point.neighbours.length > 0);
    expect(beside).toHaveLength(27);

    expect(await runCli("interference", at("pairs"), "--out", at("fitted.json"))).toMatchObject({ code: 0 });
    const { chosen, pairs, samples } = loadJson(at("fitted.json"), "interference");
    expect({ pairs, samples }).toEqual({ pairs: 6, samples: 27 });
    expect(chosen.model).not.toBe("none");

    const demands = ["--demand", "resnet50 400/s 60ms p99", "--demand", "bert 50/s 200ms"];
    const packed = await runCli("pack", at("pairs"), ...demands, "--interference", at("fitted.json"), "--json");
    expect(packed.code).toBe(0);
    expect(JSON.parse(packed.stdout)).toMatchObject({ kind: "fleet-plan" });
  });

  test("resumes, and finds again what is there when triples are added", async () => {
    const { stderr } = await profile("pairs", "--neighbours", "pairs");
    expect(stderr).toContain("made 0 measurements (42 were there)");
    const wider = await profile("pairs", "--neighbours", "pairs,triples", "--most-neighbours", "20");
    expect(wider.stderr).toContain(
      "all 6 pairs and all 10 triples of workloads; there are more settings, see --most-neighbours",
    );
    const { measurements } = loadProfile(at("pairs"));
    expect(measurements.filter(({ point }) => point.neighbours.length === 2)).not.toHaveLength(0);
  });

  test("spreads few measurements over all workloads", async () => {
    const { stderr } = await profile("few", "--neighbours", "2,3", "--most-neighbours", "8");
    expect(stderr).toContain("8 settings, all 6 pairs and 2 of 10 triples of workloads");
  });

  test.each([
    [
      "what is neither",
      ["--neighbours", "quadruples"],
      'option --neighbours "quadruples" is neither pairs nor triples',
    ],
    ["a bound without neighbours", ["--most-neighbours", "5"], "has no effect without --neighbours"],
    ["a bound that is none", ["--neighbours", "pairs", "--most-neighbours", "0"], "--most-neighbours"],
    [
      "pieces that leave no room",
      ["--neighbours", "triples", "--partitions", "mps-share:0.5"],
      "leave no room for 3 workloads beside each other",
    ],
  ])("refuses %s", async (_, words, message) => {
    const { code, stderr } = await profile("bad", ...words);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });
});

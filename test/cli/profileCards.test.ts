import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatConfig, loadProfile } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

const workloads = ["resnet50", "bert"].map((name) => ({
  name,
  engine: { engine: "synthetic-card", workload: name },
  batches: [8],
}));
writeFileSync(at("card.json"), JSON.stringify({ kind: "workloads", version: 1, workloads }));

function profile(out: string, ...words: readonly string[]) {
  const own = ["--executor", "synthetic-a100", "--protocol", "sweep", "--workloads", at("card.json"), "--out", at(out)];
  return runCli("profile", ...own, ...words);
}

describe("a campaign on the synthetic card", () => {
  const some = ["--partitions", "mps-share:0.5,mig:3g.40gb", "--processes", "1,2"];

  test("measures processes, and resumes", async () => {
    expect(await profile("some", ...some)).toMatchObject({ code: 0 });
    expect((await profile("some", ...some)).stderr).toContain("made 0 measurements (12 were there)");
    const { measurements, device } = loadProfile(at("some"));
    expect(device.synthetic).toBe(true);
    const rows = measurements.filter((row) => !row.baseline && row.point.config.workload === "resnet50");
    expect(rows.map(({ point }) => [point.config, ...point.neighbours].map(formatConfig).join(" | ")).sort()).toEqual([
      "resnet50 default mig:3g.40gb batch 8",
      "resnet50 default mig:3g.40gb batch 8 × 2",
      "resnet50 default mps-share:0.5 batch 8",
      "resnet50 default mps-share:0.5 batch 8 × 2",
    ]);
  });

  test("measures beside what fits, and shows both", async () => {
    expect(await profile("beside", ...some, "--beside", "bert mps-share:0.5 8x2")).toMatchObject({ code: 0 });
    const { measurements } = loadProfile(at("beside"));
    const beside = measurements.filter(({ point }) => point.neighbours.length > 0);
    expect(beside.map(({ point }) => formatConfig(point.config)).sort()).toEqual([
      "bert default mps-share:0.5 batch 8",
      "bert default mps-share:0.5 batch 8 × 2",
      "resnet50 default mps-share:0.5 batch 8",
      "resnet50 default mps-share:0.5 batch 8 × 2",
    ]);
    expect(readFileSync(at("beside/measurements.csv"), "utf8")).toContain(
      '"[[""bert"",""default"",""mps-share:0.5"",8,2]]"',
    );
    const { stdout } = await runCli("show", at("beside"));
    expect(stdout).toMatch(/workload +partition +batch +processes +beside +round/);
    expect(stdout).toMatch(/resnet50 +mps-share:0\.5 +8 +2 +bert mps-share:0\.5 8x2 +0/);
  });

  test.each([
    ["neighbours that fit nowhere", ["--beside", "bert mps-share:0.6 8"], /fit beside none of the partitions/],
    ["a number of processes that is none", ["--processes", "0"], 'option --processes "0" does not hold whole numbers'],
    [
      "a neighbour that is not measured",
      ["--beside", "vgg16 mps-share:0.5 8"],
      "is a workload that the space does not define; add the workload",
    ],
    ["a neighbour that cannot be read", ["--beside", "vgg16"], 'option --beside "vgg16" cannot be read'],
  ])("refuses %s", async (_, words, message) => {
    const { code, stderr } = await profile("bad", "--partitions", "mps-share:0.5", ...words);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) });
  });
});

test("processes are refused where the executor runs one, before anything is measured", async () => {
  const engine = {
    engine: "synthetic",
    fixedSeconds: 0.001,
    perItemSeconds: 0.001,
    serialFraction: 0,
    noise: 0,
    memoryBytes: 1,
  };
  const file = { kind: "workloads", version: 1, workloads: [{ name: "a", engine, batches: [1] }] };
  writeFileSync(at("formula.json"), JSON.stringify(file));
  const own = ["--executor", "synthetic", "--workloads", at("formula.json"), "--protocol", "quick", "--out", at("one")];
  const { code, stderr } = await runCli("profile", ...own, "--processes", "1,2");
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining(
      'the number of processes 2 is more than executor "synthetic" can run of one workload at once',
    ),
  });
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadProfile } from "@partitune/schema";
import { beforeAll, expect, test } from "vitest";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

beforeAll(() => {
  const workloads = [
    { name: "lstm", task: "training", engine: { engine: "synthetic-board", workload: "lstm" }, batches: [16] },
    { name: "idle", task: "idle", engine: { engine: "idle" }, batches: [1] },
  ];
  writeFileSync(at("board.json"), JSON.stringify({ kind: "workloads", version: 1, workloads }));
});

function profile(out: string, ...words: readonly string[]) {
  const executor = ["--executor", "synthetic-orin", "--protocol", "sweep", "--out", at(out)];
  return runCli("profile", ...executor, ...words);
}

test("a campaign measures the modes that are named, on the whole board, and resumes with more", async () => {
  const workloads = ["--workloads", at("board.json")];
  expect(await profile("modes", ...workloads, "--power-modes", "MAXN,15W")).toMatchObject({ code: 0 });
  const rows = loadProfile(at("modes")).measurements.filter((row) => !row.baseline);
  expect(rows.map(({ point }) => `${point.config.powerMode} ${point.config.workload}`).sort()).toEqual([
    "15W idle",
    "15W lstm",
    "MAXN idle",
    "MAXN lstm",
  ]);
  const { stderr } = await profile("modes", ...workloads, "--power-modes", "MAXN,15W,4c-cpu422.4-gpu114.75-mem665.6");
  expect(stderr).toContain("made 6 measurements (8 were there)");
});

test("all modes that the board names itself, and none of its grid", async () => {
  const workloads = ["--workloads", at("board.json")];
  expect(await profile("named", ...workloads, "--power-modes", "named")).toMatchObject({ code: 0 });
  const { measurements } = loadProfile(at("named"));
  const modes = new Set(measurements.map(({ point }) => point.config.powerMode));
  expect(modes).toEqual(new Set(["30W", "MAXN", "15W", "50W"]));
});

test("without workloads the board's own are measured, in its default mode", async () => {
  expect(await profile("own")).toMatchObject({ code: 0 });
  const { measurements, workloads, device } = loadProfile(at("own"));
  expect(device.synthetic).toBe(true);
  expect(workloads).toHaveLength(9);
  expect(new Set(measurements.map(({ point }) => point.config.powerMode))).toEqual(new Set(["30W"]));
});

test("a mode that the device does not have is refused, with one that is like it", async () => {
  const { code, stderr } = await profile("bad", "--power-modes", "MAXM");
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('power mode "MAXM" is none of device "synthetic-orin-agx"; choose one of "30W"'),
  });
});

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadJson, loadProfile } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

describe("partitune record", () => {
  test("records a card in stages, tells how much of each is there, and what came of it can be fitted", async () => {
    const words = ["record", "--executor", "synthetic-a100", "--out", at("card"), "--batches", "1,8"];
    const { code, stdout, stderr } = await runCli(...words);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^part +measured +of +fit for use\nthe whole device +48 +48 +48\n/);
    expect(stderr).toContain(`recorded all of it in ${at("card")}`);
    expect(stderr).not.toContain("kernel trace");
    expect(readFileSync(join(at("card"), "README.md"), "utf8")).toMatch(/^# card\n.*\*\*Synthetic\*\*/s);
    const again = await runCli(...words, "--json");
    expect(JSON.parse(again.stdout)).toMatchObject({ status: "complete", stages: [{ done: 48 }, {}, {}, {}] });
    const { measurements } = loadProfile(at("card"));
    expect(measurements.some(({ point }) => point.neighbours.length > 0)).toBe(true);
    expect((await runCli("fit", at("card"), "--out", at("surrogate.json"))).code).toBe(0);
    expect((await runCli("interference", at("card"), "--out", at("interference.json"))).code).toBe(0);
    expect(loadJson(at("interference.json"), "interference").kind).toBe("interference");
  }, 60_000);

  test("ends when its time is spent, with the kernels of the network, and says how to go on", async () => {
    const words = ["--workload", "tiny=zoo:tiny@8", "--batches", "1,2", "--no-pairs", "--budget-s", "8"];
    const { code, stderr } = await runCli("record", "--executor", "cpu", "--out", at("cpu"), ...words);
    expect(code).toBe(0);
    expect(stderr).toMatch(/the time is spent; \S+ has what was recorded, and the same command goes on from there/);
    const { measurements, device } = loadProfile(at("cpu"));
    expect(device.synthetic).toBe(false);
    expect(measurements.filter(({ outcome }) => outcome.kind === "measured").length).toBeGreaterThan(0);
    expect(loadJson(join(at("cpu"), "kernels/tiny.kernels.json"), "kernel-trace").task).toBe("tiny");
    expect(readFileSync(join(at("cpu"), "README.md"), "utf8")).toContain("nothing in it is synthetic");
  }, 60_000);

  test.each([
    [["--budget-s", "0"], /option --budget-s "0"/],
    [["--pieces", "mig"], /--pieces .*"mig" is invalid.*choose one of green-context, mps-share, cpu-share/],
    [["--pieces", "cpu-share"], /pieces of kind "cpu-share" are none that synthetic-a100-80gb can be divided into/],
    [["--executor", "replay"], /choose one of nvidia, jetson, cpu, synthetic-a100/],
  ])("refuses %o before anything is measured", async (words, message) => {
    const { code, stderr } = await runCli("record", "--executor", "synthetic-a100", "--out", at("refused"), ...words);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(join(at("refused"), "journal.jsonl"))).toBe(false);
  });
});

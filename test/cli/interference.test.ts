import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkFile, loadJson } from "@partitune/schema";
import { beforeAll, describe, expect, test } from "vitest";
import { coLocations } from "../surrogate/fixtures/coLocations.ts";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const { samples, utilisations } = coLocations({
  seed: 1,
  workloads: 5,
  law: "utilisations",
  noise: 0.01,
  shares: [0.25, 0.75],
});
const alone = 0.02;

function table(lines: readonly string[]): string {
  return `workload,partition,batch_count,latency_p50_s,neighbours\n${lines.join("\n")}\n`;
}

const soloLines = [
  ...new Set(samples.map(({ subject }) => `${subject.workload},mps-share:${subject.fraction},1,${alone},`)),
];
const besideLines = samples.map(({ subject, neighbours: [other], slowdown }) => {
  const neighbour = [[other!.workload, "default", `mps-share:${other!.fraction}`, 1]];
  const quoted = JSON.stringify(neighbour).replaceAll('"', '""');
  return `${subject.workload},mps-share:${subject.fraction},1,${alone * slowdown},"${quoted}"`;
});

beforeAll(() => {
  writeFileSync(at("pairs.csv"), table([...soloLines, ...besideLines]));
  writeFileSync(at("solo.csv"), table(soloLines));
  writeFileSync(at("beside.csv"), table(besideLines));
  const rows = Object.entries(utilisations).map(([name, [row]]) => `${name},${row!.values.l2},${row!.values.dram}`);
  writeFileSync(at("counters.csv"), `workload,l2_fraction,dram_fraction\n${rows.join("\n")}\n`);
});

describe("partitune interference", () => {
  test("prints the candidates with their errors, the choice with its reason, and the formula", async () => {
    const { code, stdout } = await runCli("interference", at("pairs.csv"), "--utilisations", at("counters.csv"));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^40 measured with neighbours, 10 pairs of workloads; leaving one pair of workloads out\n/);
    expect(stdout).toMatch(/\nconstant +[\d.]+ % +[\d.]+ %\n/);
    expect(stdout).toMatch(/\nlinear \(chosen\) +[\d.]+ % +[\d.]+ %\n/);
    expect(stdout).toMatch(/\nlinear in l2, dram: mean error .* a gain of /);
    expect(stdout).toMatch(
      /\nslowdown = \d\.\d+ .* \+ 0\.\d+ · neighbours' l2 \+ 0\.\d+ · neighbours' dram, at least 1\.00\n$/,
    );
  });

  test("writes a file of the fitted model, which partitune show reads", async () => {
    const out = at("fitted.json");
    const { code } = await runCli(
      "interference",
      at("pairs.csv"),
      "--utilisations",
      at("counters.csv"),
      "--quantile",
      "0.9",
      "--out",
      out,
    );
    expect(code).toBe(0);
    const fitted = loadJson(out, "interference");
    expect(fitted.chosen.model).toBe("linear");
    expect(fitted.made.inputs.map(({ name }) => name)).toEqual(["pairs.csv", "counters.csv"]);
    const shown = await runCli("show", out);
    expect(shown.stdout).toMatch(/covered \(aim 90 %\)/);
  });

  test("without utilisations goes by what the table tells, and prints JSON where asked to", async () => {
    const { code, stdout } = await runCli("interference", at("pairs.csv"), "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kind: "interference", samples: 40, pairs: 10 });
  });

  test("finds that the synthetic card's neighbours cost by what they use, as its formula has it", async () => {
    const { stdout } = await runCli(
      "interference",
      resolve(import.meta.dirname, "../../datasets/synthetic-a100-80gb"),
      "--json",
    );
    const { chosen, candidates, pairs, synthetic } = checkFile(JSON.parse(stdout), "fitted.json", "interference");
    expect([chosen.model, pairs, synthetic]).toEqual(["linear", 36, true]);
    const [, constant, , linear] = candidates;
    expect(linear!.meanError).toBeLessThan(0.6 * constant!.meanError);
  });

  test("takes the model that is asked for", async () => {
    const { stdout } = await runCli("interference", at("pairs.csv"), "--model", "constant");
    expect(stdout).toMatch(/constant slowdown of 1\.\d+: asked for; by the scores /);
  });

  test("exits with 2 where nothing ran beside neighbours, or nothing ran alone, and says what to measure", async () => {
    const solo = await runCli("interference", at("solo.csv"));
    expect(solo.code).toBe(2);
    expect(solo.stderr).toMatch(
      /has no row that was measured beside neighbours; measure workloads side by side and alone/,
    );
    const beside = await runCli("interference", at("beside.csv"));
    expect(beside.code).toBe(2);
    expect(beside.stderr).toMatch(
      /has no slowdown to learn from: the same configurations were never measured alone: w0 /,
    );
  });

  test.each([
    ["a quantile that is none", ["--quantile", "90"], /option --quantile "90"/],
    ["a model that is none", ["--model", "linaer"], /--model/],
    ["utilisations that are not there", ["--utilisations", "nowhere.csv"], /nowhere\.csv/],
  ])("exits with 2 for %s", async (_, words, message) => {
    const { code, stderr } = await runCli("interference", at("pairs.csv"), ...words);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test.each([
    ["no unit", "workload,l2\na,0.5\n", 'line 1: column "l2" has no unit; name it "l2_fraction" and give parts of 1'],
    ["no workload", "net,l2_fraction\na,0.5\n", 'line 1: the header lacks the column "workload"; add it'],
    ["no utilisation", "workload\na\n", "line 1: the header names no utilisation"],
    ["a column twice", "workload,l2_fraction,l2_fraction\na,0.5,0.5\n", 'line 1: column "l2_fraction" is there twice'],
    [
      "a percentage",
      "workload,l2_fraction\na,35\n",
      'line 2: column "l2_fraction" holds "35"; give a part of 1, such as 0.35',
    ],
    ["an empty cell", "workload,l2_fraction\na,\n", 'line 2: column "l2_fraction" holds ""'],
    ["a batch that is none", "workload,batch_count,l2_fraction\na,0,0.5\n", 'line 2: column "batch_count" holds "0"'],
    ["a row twice", "workload,l2_fraction\na,0.5\na,0.6\n", 'line 3: workload "a" has a row for this batch already'],
    ["too few fields", "workload,l2_fraction\na\n", "line 2: the row has 1 fields, expected 2"],
    ["no name", "workload,l2_fraction\n,0.5\n", 'line 2: column "workload" is empty'],
    ["no rows", "workload,l2_fraction\n", "the table has no rows"],
  ])("names line and column of a table of utilisations with %s", async (name, text, message) => {
    const path = at(`${name}.csv`);
    writeFileSync(path, text);
    const { code, stderr } = await runCli("interference", at("pairs.csv"), "--utilisations", path);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

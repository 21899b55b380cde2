import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { writeOnnxFixture } from "../profiler/fixtures/writeOnnxFixture.ts";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";
import { writeWorkloads } from "./fixtures/writeWorkloads.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const columns = "workload,partition,batch_count,latency_p50_s";

function write(name: string, content: string | object): void {
  writeFileSync(at(name), typeof content === "string" ? content : JSON.stringify(content));
}

beforeAll(async () => {
  writeWorkloads(folder);
  write("empty.onnx", "");
  write("corrupt.onnx", "not a network");
  write("table.csv", `${columns}\n${[1, 2, 3].map((batch) => `net,whole,${batch},0.0${batch}`).join("\n")}\n`);
  write("nan.csv", `${columns}\nnet,whole,1,NaN\n`);
  write("negative.csv", `${columns}\nnet,whole,1,-1\n`);
  write("twice.csv", `${columns}\nnet,whole,1,0.1\nnet,whole,1,0.2\n`);
  write("no-unit.csv", "workload,partition,batch_count,latency\nnet,whole,1,1\n");
  write("half.json", "{");
  write("newer.json", { kind: "plan", version: 9 });
  write("demands.json", {
    kind: "demands",
    version: 1,
    demands: [{ workload: "net", ratePerSecond: 1, deadlineSecond: 1 }],
  });
  write("good-demands.json", {
    kind: "demands",
    version: 1,
    demands: [{ workload: "net", ratePerSecond: 1, deadlineSeconds: 1 }],
  });
  await writeOnnxFixture(at("open.onnx"), [
    { name: "input", type: "float32", dimensions: ["batch", 3, "height", "width"] },
  ]);
});

/** The one line that a user sees, with our folder's name taken out. */
async function complaint(words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(...words.map((word) => word.replaceAll("@", `${folder}/`)));
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  const lines = stderr
    .trimEnd()
    .split("\n")
    .filter((line) => !line.startsWith("profile starting"));
  expect(lines).toHaveLength(1);
  return lines[0]!.replaceAll(`${folder}/`, "@");
}

const onnx = (file: string) => ["profile", "--workload", `net=${file}`, "--shares", "1", "--out", "@bad"];
const synthetic = ["profile", "--workloads", "@workloads.json", "--executor", "synthetic", "--out", "@bad"];

describe("bad input ends with exit code 2 and one line that names it:", () => {
  test.each([
    [
      "a missing model",
      onnx("@none.onnx"),
      'workload "net" cannot be started (model "@none.onnx" does not exist; give the path',
    ],
    ["an empty model", onnx("@empty.onnx"), 'model "@empty.onnx" is an empty file'],
    ["a corrupt model", onnx("@corrupt.onnx"), 'model "@corrupt.onnx" cannot be loaded'],
    ["a model with open dimensions", onnx("@open.onnx"), "--shape"],
    [
      "an unknown network",
      onnx("zoo:nonsense"),
      'model "zoo:nonsense" is not a network of the zoo; choose one of "zoo:resnet18"',
    ],
    ["a missing program", onnx("command:no-such-program"), "check the program and its path"],
  ])("%s", async (_, words, message) => {
    expect(await complaint(words)).toContain(message);
  });

  test.each([
    ["a missing profile", ["fit", "@none"], 'path "@none" does not exist; check the path'],
    [
      "a column without unit",
      ["fit", "@no-unit.csv"],
      '@no-unit.csv line 1: column "latency" has no unit; name it "latency_mean_s" and give seconds',
    ],
    [
      "a value that is no number",
      ["fit", "@nan.csv"],
      '@nan.csv line 2: column "latency_p50_s" is "NaN", expected a number of at least 0',
    ],
    [
      "a negative time",
      ["fit", "@negative.csv"],
      '@negative.csv line 2: column "latency_p50_s" is "-1", expected a number of at least 0',
    ],
    [
      "a row that stands twice",
      ["fit", "@twice.csv"],
      "@twice.csv line 3: net default whole batch 1, round 0, stands in line 2 already",
    ],
    ["half a JSON text", ["verify", "@half.json"], "@half.json line 1: the text is not JSON"],
    [
      "a newer version",
      ["simulate", "@newer.json"],
      '@newer.json: field "version" is 9, newer than the plan files this partitune reads (1)',
    ],
    [
      "another kind",
      ["emit", "@demands.json", "--out", "@d"],
      '@demands.json: the file is of kind "demands", expected "plan"; give a plan file',
    ],
    [
      "an unknown field",
      ["solve", "@table.csv", "--demands", "@demands.json"],
      'is not known; did you mean "deadlineSeconds"?',
    ],
    [
      "an unknown workload in a demand",
      ["solve", "@table.csv", "--demand", "other 1/s 1s"],
      'demand for "other" names no known workload; known are "net"',
    ],
    ["no demand", ["solve", "@table.csv"], "the command line names no demand; add --demand"],
    [
      "a plan where a profile belongs",
      ["solve", "@workloads.json", "--demand", "net 1/s 1s"],
      '@workloads.json: the file is of kind "workloads", expected "surrogate" or "profile"',
    ],
    [
      "a file that a page cannot show",
      ["report", "@good-demands.json", "--out", "@p.html"],
      '"@good-demands.json" is of kind "demands", of which a page has no picture; leave it out, and see it with partitune show',
    ],
    [
      "two profiles in a report",
      ["report", "@table.csv", "@table.csv", "--out", "@p.html"],
      'names 2 files of kind "profile"',
    ],
    [
      "a front of one axis",
      ["solve", "@table.csv", "--front", "latency_p50_s"],
      "is not over two different metrics; name two or three",
    ],
    [
      "a front of unknown axes",
      ["solve", "@table.csv", "--front", "share,nope"],
      'option --front "nope" is neither a metric nor an objective',
    ],
    [
      "demands for a front over metrics",
      ["solve", "@table.csv", "--demand", "net 1/s 1s", "--front", "latency_p50_s,throughput_per_s"],
      "option --demand has no effect on a front over metrics",
    ],
  ])("%s", async (_, words, message) => {
    const line = await complaint(words);
    expect(line).toMatch(/^partitune: /);
    expect(line).toContain(message);
  });

  test.each([
    [
      "--confidence 2",
      ["fit", "@table.csv", "--confidence", "2"],
      'option --confidence "2" is not a number between 0 and 1',
    ],
    ["--rounds 1.5", [...synthetic, "--rounds", "1.5"], 'option --rounds "1.5" is not a whole number from 1 on'],
    [
      "--shares 1.5",
      [...synthetic, "--shares", "1.5"],
      'option --shares "1.5" does not hold fractions above 0 and up to 1',
    ],
    ["--batches 0", [...synthetic, "--batches", "0"], 'option --batches "0" does not hold whole numbers from 1 on'],
    ["--budget-s -1", [...synthetic, "--budget-s", "-1"], 'option --budget-s "-1" is not a number above 0'],
    ["--duration x", ["simulate", "@newer.json", "--duration", "x"], 'option --duration "x" is not a number above 0'],
    ["--seeds 1", ["verify", "@newer.json", "--seeds", "1"], 'option --seeds "1" is not a whole number from 2 on'],
    [
      "--live-duration 0",
      ["verify", "@newer.json", "--live-duration", "0"],
      'option --live-duration "0" is not a number above 0',
    ],
    ["--recording without replay", [...synthetic, "--recording", "@bad"], "has no effect with --executor synthetic"],
    [
      "replay without a recording",
      ["profile", "--workload", "a=x", "--executor", "replay", "--out", "@bad"],
      "name the folder of a recorded profile with --recording",
    ],
    ["no workload", ["profile", "--out", "@bad"], "the command line names no workload; add --workload"],
    ["an unknown command", ["profil"], 'unknown command "profil"; did you mean "profile"?'],
    [
      "an unknown option",
      ["fit", "x", "--confidense", "1"],
      'unknown option "--confidense"; did you mean "--confidence"?',
    ],
    [
      "an unknown choice",
      ["solve", "x", "--method", "magic"],
      'argument "magic" is invalid; choose one of milp, exhaustive',
    ],
    ["a missing argument", ["fit"], 'missing required argument "profile"; see partitune fit --help'],
    ["a missing option", ["emit", "x"], 'required option "--out <folder>" not specified; see partitune emit --help'],
  ])("%s", async (_, words, message) => {
    expect(await complaint(words)).toContain(message);
  });

  test.each([
    ["fit", ["fit", "@none.csv", "--out", "@table.csv/x.json"]],
    ["solve", ["solve", "@none.csv", "--demand", "net 1/s 1s", "--out", "@table.csv/x.json"]],
    ["solve --problem", ["solve", "@none.csv", "--demand", "net 1/s 1s", "--problem", "@table.csv/x.json"]],
    ["verify", ["verify", "@none.json", "--out", "@table.csv/x.json"]],
    ["simulate", ["simulate", "@none.json", "--out", "@table.csv/x.json"]],
    ["report", ["report", "@none.csv", "--out", "@table.csv/x.html"]],
  ])("%s finds an unwritable output before it reads or computes anything", async (_, words) => {
    expect(await complaint(words)).toContain('path "@table.csv/x.');
  });

  test("a profile finds an unwritable folder before it measures", async () => {
    expect(await complaint([...synthetic, "--out", "@table.csv"])).toContain(
      'path "@table.csv" cannot be written (EEXIST)',
    );
  });

  test.skipIf(process.getuid?.() === 0)(
    "a folder without the right to write is named (the superuser may write anywhere; run as another user)",
    async () => {
      mkdirSync(at("locked"));
      chmodSync(at("locked"), 0o500);
      expect(await complaint(["fit", "@table.csv", "--out", "@locked/s.json"])).toContain("change its permissions");
    },
  );

  test("a name with control characters is shown, not obeyed", async () => {
    expect(await complaint(["fit", "a\u001b[2J"])).toContain('path "a\\x1b[2J" does not exist');
    expect(existsSync(at("a"))).toBe(false);
  });
});

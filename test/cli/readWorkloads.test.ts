import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readWorkloads } from "../../packages/cli/src/readWorkloads.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";
import { writeWorkloads } from "./fixtures/writeWorkloads.ts";

const folder = temporaryFolder();

function fileOf(...workloads: readonly object[]): string {
  const path = join(folder, "some.json");
  writeFileSync(path, JSON.stringify({ kind: "workloads", version: 1, workloads }));
  return path;
}

describe("readWorkloads", () => {
  test("joins those of the command line and of the file, with the command's batches where the file names none", () => {
    const workloads = readWorkloads({ workload: ["net=m.onnx"], workloads: writeWorkloads(folder) }, [1, 2]);
    expect(workloads.map(({ name, task, batches }) => [name, task, batches])).toEqual([
      ["net", "inference", [1, 2]],
      ["a", "inference", [1, 2]],
      ["b", "inference", [1, 4]],
    ]);
  });

  test("takes arguments with spaces and shapes of each model from a file", () => {
    const tool = { engine: "command", command: ["python3", "my worker.py"] };
    const net = { engine: "onnx", model: "m.onnx", shapes: { input: [3, 8, 8] } };
    const workloads = readWorkloads(
      { workloads: fileOf({ name: "t", engine: tool }, { name: "n", engine: net }) },
      [1],
    );
    expect(workloads.map(({ engine }) => engine)).toEqual([tool, net]);
  });

  test.each([
    [
      { name: "a", engine: { engine: "onnx", model: "m", shape: {} } },
      'field "workloads[0].engine.shape" is not known; did you mean "shapes"?',
    ],
    [{ name: "a", engine: { engine: "command", command: [] } }, 'field "workloads[0].engine.command" is an empty list'],
    [
      { name: "a", engine: { engine: "onnx", model: "m" }, batches: [1.5] },
      'field "workloads[0].batches[0]" is 1.5, expected a whole number',
    ],
  ])("names the field at fault in %j", (entry, message) => {
    expect(() => readWorkloads({ workloads: fileOf(entry) }, [1])).toThrow(message);
  });

  test("refuses shapes that belong to nothing", () => {
    expect(() => readWorkloads({ shape: ["input=3"], workloads: writeWorkloads(folder) }, [1])).toThrow(
      'option --shape "input=3" belongs to no --workload; in a workloads file, write it as "shapes" of the engine',
    );
  });

  test("takes steps of training of the workloads that are named so, and gives PyTorch its interpreter", () => {
    const workload = ["a=pytorch:timm:resnet18", "b=pytorch:timm:resnet18", "c=m.onnx"];
    const read = readWorkloads({ workload, training: ["b"], python: "./venv/bin/python" }, [8]);
    expect(read.map(({ task }) => task)).toEqual(["inference", "training", "inference"]);
    expect(read[0]!.engine).toMatchObject({ python: "./venv/bin/python" });
    expect(read[2]!.engine).toEqual({ engine: "onnx", model: "m.onnx" });
  });

  test.each([
    [{ workload: ["c=m.onnx"], training: ["d"] }, 'option --training "d" names no --workload; name one of c'],
    [{ workload: ["c=m.onnx"], training: ["c"] }, 'names a workload of engine "onnx", which only infers'],
    [{ training: ["c"] }, 'option --training "c" belongs to no --workload; in a workloads file, write it as "task"'],
    [{ workload: ["c=m.onnx"], python: "p" }, 'option --python "p" belongs to no --workload of PyTorch'],
  ])("refuses what belongs to nothing: %j", (options, message) => {
    expect(() => readWorkloads(options, [1])).toThrow(message);
  });
});

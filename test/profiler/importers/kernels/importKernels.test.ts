import { importKernels, kernelImporters } from "@partitune/profiler";
import { describe, expect, test } from "vitest";
import { readFileHead } from "../../../../packages/profiler/src/importers/kernels/readFileHead.ts";
import { kernelEvents, made, stepEvent, traceText, writeTrace } from "./syntheticKineto.ts";

const options = { task: "synthetic", made };
const kernel = (device: number) =>
  kernelEvents({ launch: 1 + device, start: 5, duration: 2, correlation: device, device });
const text = traceText([stepEvent(1, 0, 10), ...kernel(0)]);

describe("a trace of the PyTorch profiler is recognised", () => {
  test.each([
    ["as an object", text, true],
    ["as a bare array", '\ufeff [ {"ph": "X", "cat": "kernel"}]', true],
    ["with another key first", '{ "distributedInfo" : {}, "traceEvents": []}', true],
    ["but no ONNX Runtime profile", '[{"cat" : "Session","pid" :1,"ph" : "X","name" :"model_loading_uri"}]', false],
    ["nor other JSON", '{"kernels": [], "storage": []}', false],
    ["nor a table", "Start (ns),Duration (ns)\n1,2\n", false],
  ])("%s", (_, content, expected) => {
    expect(kernelImporters.kineto.recognise(readFileHead(writeTrace(content)))).toBe(expected);
    expect(kernelImporters.kineto.recognise(readFileHead(writeTrace(content, "packed.json.gz")))).toBe(expected);
  });
});

test("a file is imported by the format that recognises it, or the one that is named", async () => {
  const path = writeTrace(text);
  for (const format of [undefined, "kineto"] as const) {
    const imported = await importKernels(path, { ...options, ...(format === undefined ? {} : { format }) });
    expect(imported).toMatchObject({ status: "imported", trace: { format: "kineto", task: "synthetic", made } });
  }
});

test("a file of no known format is refused with a list of formats", async () => {
  await expect(importKernels(writeTrace("name;time\n", "table.txt"), options)).rejects.toThrow(
    /file "table.txt" is of no format that is known here; give a trace of one of .*kineto.*--format/,
  );
  await expect(importKernels(writeTrace(""), options)).rejects.toThrow(/is empty/);
  await expect(importKernels("missing.json", options)).rejects.toThrow(/"missing.json" cannot be read \(ENOENT\)/);
});

test("of several devices one must be chosen", async () => {
  const path = writeTrace(traceText([stepEvent(1, 0, 10), ...kernel(0), ...kernel(3)]));
  await expect(importKernels(path, options)).rejects.toThrow(
    /holds steps on devices 0, 3; choose one of them, for example --device 0/,
  );
  expect(await importKernels(path, { ...options, device: 3 })).toMatchObject({ status: "imported" });
});

test("a file with nothing to import is an answer, not a fault", async () => {
  expect(await importKernels(writeTrace('{"traceEvents": []}'), options)).toEqual({
    status: "empty",
    reason: expect.stringContaining("holds no operation of a device"),
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseWorkerMessage } from "../../../packages/profiler/src/workers/parseWorkerMessage.ts";

describe("parseWorkerMessage", () => {
  test.each([
    { type: "ready", protocol: 1, engine: "x", pid: 1, inputs: [] },
    { type: "ready", protocol: 1, engine: "x", pid: 1, pace: 0.5, more: "ignored" },
    { type: "ready", protocol: 1, engine: "x", pid: 1, device: "cuda", files: ["model.json"] },
    { type: "done", id: 3, service_s: 0.01, cpu_s: null, end_s: 12.5 },
    { type: "stats", cpu_s: 1, memory_peak_bytes: null },
    { type: "error", id: 3, code: "bad-batch", message: "no" },
    { type: "error", code: "failed", message: "no" },
  ])("understands %o", (message) => {
    expect(parseWorkerMessage(JSON.stringify(message))).toEqual(message);
  });

  test.each([
    ["", "an empty line"],
    ["hello", "words"],
    ["null", "null"],
    ["[]", "a list"],
    ["17", "a number"],
    ['{"type":"toString"}', "an unknown type"],
    ['{"type":"ready"}', "a message without its fields"],
    ['{"type":"ready","protocol":1,"engine":"x","pid":1,"pace":0}', "a pace of nothing"],
    ['{"type":"ready","protocol":1,"engine":"x","pid":1,"device":"tpu"}', "an unknown device"],
    ['{"type":"done","id":1,"service_s":-1,"cpu_s":0,"end_s":1}', "a negative time"],
    ['{"type":"done","id":1,"service_s":1e999,"cpu_s":0,"end_s":1}', "an infinite time"],
    ['{"type":"done","id":1.5,"service_s":1,"cpu_s":0,"end_s":1}', "a broken id"],
    ['{"type":"done","id":1,"service_s":"1","cpu_s":0,"end_s":1}', "a time in quotes"],
    ['{"type":"stats","cpu_s":1}', "a missing value"],
    ['{"type":"error","code":"oops","message":"x"}', "an unknown code"],
  ])("refuses %s: %s", (line) => {
    expect(parseWorkerMessage(line)).toBeUndefined();
  });

  test("never throws, whatever the line is", () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json()), (line) => void parseWorkerMessage(line)));
  });
});

import { describe, expect, test } from "vitest";
import { describeError } from "../../../packages/profiler/src/workers/describeError.ts";
import { WorkerError } from "../../../packages/profiler/src/workers/workerError.ts";

describe("describeError", () => {
  test.each([
    ["std::bad_alloc", "out-of-memory"],
    [
      "[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : Failed to allocate memory for requested buffer of size 4096",
      "out-of-memory",
    ],
    ["Array buffer allocation failed", "out-of-memory"],
    ["OOM when allocating tensor with shape[200000,200000] and type float", "out-of-memory"],
    ["Invalid typed array length: 614400000", "out-of-memory"],
    ["Non-zero status code returned while running Conv node", "failed"],
  ])("%s is %s", (message, code) => {
    expect(describeError(new Error(message))).toEqual({ code, message });
  });

  test("a worker's own error keeps its code, and only the first line is told", () => {
    expect(describeError(new WorkerError("bad-batch", "no\nstack"))).toEqual({ code: "bad-batch", message: "no" });
    expect(describeError("thrown text")).toEqual({ code: "failed", message: "thrown text" });
  });
});

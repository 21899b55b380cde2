import { expect, test } from "vitest";
import type { FailureCode } from "../../../packages/profiler/src/executor.ts";
import type { Ending } from "../../../packages/profiler/src/kserve/connection.ts";
import { failureWatch } from "../../../packages/profiler/src/kserve/failureWatch.ts";

const answered = (end: number): Ending => ({ end, outcome: "answered" });
const failed = (end: number, code: FailureCode = "failed", final = false): Ending => ({
  ...{ end, outcome: "failed" },
  failure: { code, message: "no", final },
});

test("a server that answers now and then is not given up", () => {
  const watch = failureWatch(1);
  for (let i = 0; i < 100; i++) watch.note(i % 10 === 0 ? answered(i / 10) : failed(i / 10));
});

test("a server without an answer for too long is given up, after three batches at the earliest", () => {
  const watch = failureWatch(1);
  watch.note(failed(0));
  watch.note(failed(5));
  expect(() => watch.note(failed(5.1))).toThrow("no; 3 requests in a row had no answer");
});

test("a server that comes back in time is forgiven", () => {
  const watch = failureWatch(1);
  for (const end of [0, 0.3, 0.6, 0.9]) watch.note(failed(end));
  watch.note(answered(1.2));
  for (const end of [1.3, 1.6, 1.9, 2.2]) watch.note(failed(end));
  expect(() => watch.note(failed(2.4))).toThrow("in a row");
});

test("three batches given up in a row are enough: each has waited long", () => {
  const watch = failureWatch(100);
  watch.note(failed(1, "hung"));
  watch.note(failed(2, "hung"));
  expect(() => watch.note(failed(3, "hung"))).toThrow("in a row");
});

test("under an open load a server that has answered is not hung when it is late, and one that never has is", () => {
  const late = failureWatch(1, true);
  late.note(answered(0));
  for (let i = 1; i < 20; i++) late.note(failed(i, "hung"));
  const silent = failureWatch(1, true);
  for (let i = 0; i < 2; i++) silent.note(failed(i, "hung"));
  expect(() => silent.note(failed(2, "hung"))).toThrow("in a row");
});

test("what the next batch will be told as well ends it at once", () => {
  expect(() => failureWatch(100).note(failed(1, "bad-batch", true))).toThrow(
    expect.objectContaining({ code: "bad-batch", message: "no" }),
  );
});

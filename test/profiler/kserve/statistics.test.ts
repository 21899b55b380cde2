import { expect, test } from "vitest";
import { parseStatistics } from "../../../packages/profiler/src/kserve/statistics.ts";

const of = (count: number, ns: number) => ({ count, ns });

test("totals of all versions of a model are added: requests, waiting, and execution with inputs and outputs", () => {
  const version = (n: number) => ({
    name: "m",
    version: String(n),
    inference_stats: {
      success: of(10 * n, 99),
      queue: of(10 * n, 1e9 * n),
      compute_input: of(10 * n, 1e8),
      compute_infer: of(10 * n, 2e9),
      compute_output: of(10 * n, 1e8),
    },
  });
  const found = parseStatistics({ model_stats: [version(1), version(2)] });
  expect(found).toEqual({ requests: 30, queueSeconds: 3, computeSeconds: expect.closeTo(4.4, 9) });
});

test.each([undefined, {}, { model_stats: [] }, { model_stats: "none" }, "text"])("%j tells nothing", (value) => {
  expect(parseStatistics(value)).toBeUndefined();
});

test("fields that a server leaves out count nothing", () => {
  expect(parseStatistics({ model_stats: [{ name: "m" }, null] })).toEqual({
    requests: 0,
    queueSeconds: 0,
    computeSeconds: 0,
  });
});

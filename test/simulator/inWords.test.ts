import { expect, it } from "vitest";
import { amountInWords, estimateInWords, metricInWords, targetInWords } from "../../packages/simulator/src/inWords.ts";
import { responsePromise, throughputPromise } from "./testPlan.ts";

it("amounts carry the unit that suits them, to three digits", () => {
  expect(amountInWords("response_s", 0.041234)).toBe("41.2 ms");
  expect(amountInWords("response_s", 12.345)).toBe("12.3 s");
  expect(amountInWords("response_s", 0.0000125)).toBe("12.5 µs");
  expect(amountInWords("response_s", 0)).toBe("0 µs");
  expect(amountInWords("throughput_per_s", 49.76)).toBe("49.8/s");
  expect(amountInWords("memory_bytes", 3.2 * 2 ** 30)).toBe("3.2 GiB");
  expect(amountInWords("memory_bytes", 12)).toBe("12 B");
  expect(amountInWords("share_fraction", 0.75)).toBe("0.75 of the device");
});

it("estimates show their interval unless it has no width", () => {
  expect(estimateInWords("response_s", { value: 0.041, low: 0.04, high: null })).toBe("41 ms (40 ms to unknown)");
  expect(estimateInWords("response_s", { value: 0.041, low: 0.041, high: 0.041 })).toBe("41 ms");
});

it("promises are named by metric, percentile and target", () => {
  expect(metricInWords(responsePromise("a", 0.05))).toBe("p99 response");
  expect(metricInWords(responsePromise("a", 0.05, 0.999))).toBe("p99.9 response");
  expect(metricInWords(responsePromise("a", 0.05, null))).toBe("mean response");
  expect(targetInWords(responsePromise("a", 0.05))).toBe("at most 50 ms");
  expect(targetInWords(throughputPromise("a", 20))).toBe("at least 20/s");
});

import { nearest } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const fields = ["workload", "ratePerSecond", "deadlineSeconds", "percentile"];

describe("nearest", () => {
  test.each([
    ["wrokload", "workload"],
    ["Workload", "workload"],
    ["deadline", "deadlineSeconds"],
    ["deadline_seconds", "deadlineSeconds"],
    ["percentil", "percentile"],
    ["zebra", undefined],
    ["", undefined],
  ])("takes %j for %j", (word, expected) => {
    expect(nearest(word, fields)).toBe(expected);
  });

  test("finds nothing among no candidates", () => {
    expect(nearest("workload", [])).toBeUndefined();
  });

  test("does not compare words far longer than any name", () => {
    expect(nearest("workload".repeat(100_000), fields)).toBeUndefined();
  });

  test("finds every candidate itself", () => {
    const words = fc.uniqueArray(fc.stringMatching(/^[a-z]{3,12}$/), { minLength: 1 });
    fc.assert(fc.property(words, (candidates) => candidates.every((word) => nearest(word, candidates) === word)));
  });
});

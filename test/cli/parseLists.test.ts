import { describe, expect, test } from "vitest";
import {
  parseCount,
  parseCounts,
  parseFraction,
  parsePartitions,
  parsePositive,
} from "../../packages/cli/src/parseLists.ts";

describe("numbers of options", () => {
  test("are read with spaces around them", () => {
    expect(parsePositive("--duration", " 2.5 ")).toBe(2.5);
    expect(parseFraction("--confidence", "0.9")).toBe(0.9);
    expect(parseCount("--rounds", "3")).toBe(3);
  });

  test("of a list come once each, ascending", () => {
    expect(parseCounts("--batches", "8, 1,4,1")).toEqual([1, 4, 8]);
  });

  test.each(["x", "", "0", "-1", "Infinity", "1,2"])("%j is no duration", (text) => {
    expect(() => parsePositive("--duration", text)).toThrow(
      `option --duration "${text}" is not a number above 0; write for example --duration 2.5`,
    );
  });

  test.each(["2", "0", "1", "90%"])("%j is no confidence", (text) => {
    expect(() => parseFraction("--confidence", text)).toThrow("is not a number between 0 and 1");
  });

  test("counts are whole, and not below the least", () => {
    expect(() => parseCount("--rounds", "1.5")).toThrow('option --rounds "1.5" is not a whole number from 1 on');
    expect(() => parseCount("--seeds", "1", 2)).toThrow("is not a whole number from 2 on");
    expect(() => parseCounts("--batches", "1,,2")).toThrow("does not hold whole numbers from 1 on");
  });
});

describe("parsePartitions", () => {
  test("joins shares and named partitions", () => {
    expect(parsePartitions({ shares: "0.25,1", partitions: "whole, core-set:0+1" })).toEqual([
      { kind: "cpu-share", share: 0.25 },
      { kind: "cpu-share", share: 1 },
      { kind: "whole" },
      { kind: "core-set", cores: [0, 1] },
    ]);
    expect(parsePartitions({})).toEqual([]);
  });

  test.each(["1.5", "0", "a", "0.5;1"])("refuses the share %j", (shares) => {
    expect(() => parsePartitions({ shares })).toThrow(
      `option --shares "${shares}" does not hold fractions above 0 and up to 1, separated by commas; write for example --shares 0.25,0.5,1`,
    );
  });

  test("names the kinds of partitions", () => {
    expect(() => parsePartitions({ partitions: "half" })).toThrow(
      "is of no known kind (whole, cpu-share, core-set, mps-share, mig, sm-partition, green-context)",
    );
  });
});

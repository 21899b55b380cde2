import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDemand } from "../../packages/cli/src/parseDemand.ts";

describe("parseDemand", () => {
  test.each([
    ["resnet18 20/s 200ms p99", "resnet18", 20, 0.2, 0.99],
    ["bert 1.5/s 2s p99.9", "bert", 1.5, 2, 0.999],
    ["tiny 20000 /s 70us p50", "tiny", 20000, 7e-5, 0.5],
    ["tiny .5/s 70 µs", "tiny", 0.5, 7e-5, 0.99],
    ["idle 0/s 1s", "idle", 0, 1, 0.99],
    ["  my net 2 3/s 0.4 s  ", "my net 2", 3, 0.4, 0.99],
  ])("reads %j exactly", (text, workload, ratePerSecond, deadlineSeconds, percentile) => {
    expect(parseDemand(text)).toEqual({ workload, ratePerSecond, deadlineSeconds, percentile });
  });

  test.each([
    "",
    "net",
    "net 20 200ms p99",
    "net 20/s 200 p99",
    "net 1.2.3/s 1s",
    "net -1/s 1s",
    "20/s 1s p99",
    "net 1/s 1s 99",
  ])("refuses %j with the form to write", (text) => {
    expect(() => parseDemand(text)).toThrow(
      `demand "${text}" cannot be read; write "NAME RATE/s DEADLINE pQ", for example "resnet18 20/s 200ms p99"`,
    );
  });

  test.each([
    ["net 1/s 0ms", "has a deadline of 0 s, expected one above 0"],
    ["net 1/s 1s p100", "has percentile p100, expected one above p0 and below p100"],
    ["net 1/s 1s p0", "has percentile p0, expected one above p0 and below p100"],
  ])("says what is wrong with %j", (text, problem) => {
    expect(() => parseDemand(text)).toThrow(problem);
  });

  test("a demand in milliseconds is the one in seconds", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (milliseconds) => {
        expect(parseDemand(`net 1/s ${milliseconds}ms`).deadlineSeconds).toBe(milliseconds / 1000);
      }),
    );
  });
});

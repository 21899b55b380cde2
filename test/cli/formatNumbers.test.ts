import { describe, expect, test } from "vitest";
import {
  formatChosenPercent,
  formatEstimate,
  formatPercent,
  formatPercentile,
  formatProbability,
  formatQuantity,
  formatSeconds,
  significant,
  unitOf,
} from "../../packages/cli/src/formatNumbers.ts";

describe("numbers as they are printed", () => {
  test.each([
    [0, "0"],
    [1, "1.00"],
    [9.999, "10.0"],
    [999.6, "1000"],
    [1234567, "1230000"],
    [-0.012345, "-0.0123"],
    [1e-12, "0.00000000000100"],
    [Number.NaN, "NaN"],
  ])("%d has three significant digits: %s", (value, text) => {
    expect(significant(value)).toBe(text);
  });

  test.each([
    [0, "0 s"],
    [4.12e-5, "41.2 µs"],
    [0.0009996, "1.00 ms"],
    [0.3, "300 ms"],
    [9.9999, "10.0 s"],
    [3600, "3600 s"],
  ])("%d s stands in the unit that reads best: %s", (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });

  test("each metric stands in its own unit", () => {
    expect(formatQuantity(20, unitOf("throughput_per_s"))).toBe("20.0/s");
    expect(formatQuantity(24064 * 2 ** 20, unitOf("memory_bytes"))).toBe("23.5 GiB");
    expect(formatQuantity(146 * 2 ** 20, unitOf("memory_bytes"))).toBe("146 MiB");
    expect(formatQuantity(0.5, unitOf("share_fraction"))).toBe("50.0 %");
    expect(formatQuantity(12, unitOf("power_mean_w"))).toBe("12.0 W");
    expect(formatQuantity(1.5, unitOf("response_over_deadline"))).toBe("1.50");
  });

  test("an interval has the unit of its value, and an open side is a question mark", () => {
    expect(formatEstimate({ value: 0.0123, low: 0.0009, high: null }, "s")).toBe("12.3 ms [0.900, ?]");
    expect(formatEstimate({ value: 3, low: 3, high: 3 }, "per_s")).toBe("3.00/s");
    expect(formatEstimate(null, "s")).toBe("–");
  });

  test("percentages that are chosen have no needless digits, and remnants of rounding are not written out", () => {
    expect(formatChosenPercent(0.9)).toBe("90 %");
    expect(formatChosenPercent(0.999)).toBe("99.9 %");
    expect(formatPercent(2e-16)).toBe("< 0.00100 %");
    expect(formatPercent(0)).toBe("0 %");
    expect(formatPercentile(0.999)).toBe("p99.9");
    expect(formatPercentile(0.29)).toBe("p29");
  });

  test("no probability is printed as certain", () => {
    expect([0.5, 0.991, 0.9999, 1].map(formatProbability)).toEqual(["50.0 %", "99.1 %", "> 99.9 %", "> 99.9 %"]);
  });
});

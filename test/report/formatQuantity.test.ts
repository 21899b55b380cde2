import { describe, expect, it } from "vitest";
import {
  formatEstimate,
  formatPercentile,
  formatQuantity,
  significant,
  unitOf,
} from "../../packages/report/src/formatQuantity.ts";

describe("formatQuantity", () => {
  it.each([
    [0.0000123, "s", "12.3 µs"],
    [0.0123, "s", "12.3 ms"],
    [0.9, "s", "900 ms"],
    [12.34, "s", "12.3 s"],
    [0, "s", "0 s"],
    [1.5 * 2 ** 20, "bytes", "1.5 MiB"],
    [3 * 2 ** 30, "bytes", "3 GiB"],
    [0.125, "fraction", "12.5 %"],
    [40, "per_s", "40 /s"],
    [0.0042, "j", "4.2 mJ"],
    [3, "ratio", "3 ratio"],
    [3, "", "3"],
  ])("writes %d in the unit %s as %s", (value, unit, text) => {
    expect(formatQuantity(value, unit)).toBe(text);
  });

  it("writes an interval in the unit of its value, with open sides as question marks", () => {
    expect(formatEstimate({ value: 0.0123, low: 0.0119, high: null }, "s")).toBe("12.3 ms [11.9, ?]");
    expect(formatEstimate({ value: 0.0123, low: null, high: null }, "s")).toBe("12.3 ms");
    expect(formatEstimate({ value: 2, low: 2, high: 2 }, "per_s")).toBe("2 /s");
    expect(formatEstimate(null, "s")).toBe("–");
  });

  it("writes three digits without an exponent", () => {
    expect([1234567, 0.000001234, -12.345].map(significant)).toEqual(["1234567", "0.00000123", "-12.3"]);
  });

  it("knows units from names and percentiles from fractions", () => {
    expect(["throughput_per_s", "latency_p99_s", "memory_bytes", "share_fraction", "cores"].map(unitOf)).toEqual([
      "per_s",
      "s",
      "bytes",
      "fraction",
      "",
    ]);
    expect([0.5, 0.99, 0.999].map(formatPercentile)).toEqual(["p50", "p99", "p99.9"]);
  });
});

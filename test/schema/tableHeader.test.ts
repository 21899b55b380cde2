import { measurementColumnNames, measurementColumns } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { addedColumns, isNumberColumn } from "../../packages/schema/src/measurementColumns.ts";
import { tableHeader } from "../../packages/schema/src/tableHeader.ts";

const needed = ["workload", "partition", "batch_count", "latency_p50_s"];

describe("tableHeader", () => {
  test("finds columns in any order and tells which are absent", () => {
    const header = tableHeader([...needed].reverse());
    expect(header.place).toEqual({ latency_p50_s: 0, batch_count: 1, partition: 2, workload: 3 });
    expect(header.width).toBe(4);
    // Nothing is assumed in place of these: a table without them means one process, and a device that does not report of itself.
    const added = [...addedColumns];
    expect(added).toContain("processes_count");
    expect(header.absent).toEqual(measurementColumnNames.filter((name) => ![...needed, ...added].includes(name)));
  });

  test("ignores spaces around names", () => {
    expect(tableHeader(needed.map((name) => ` ${name} `)).place.workload).toBe(0);
  });

  test.each([
    ["latency_p50", 'column "latency_p50" has no unit; name it "latency_p50_s" and give seconds'],
    [
      "latency_p50_ms",
      'column "latency_p50_ms" has another unit than expected; name it "latency_p50_s" and give seconds',
    ],
    [
      "memory_peak_mb",
      'column "memory_peak_mb" has another unit than expected; name it "memory_peak_bytes" and give bytes',
    ],
    ["throughput", 'column "throughput" has no unit; name it "throughput_per_s" and give events per second'],
    ["power_mean_mw", 'column "power_mean_mw" has another unit than expected; name it "power_mean_w" and give watts'],
    ["batch", 'column "batch" has no unit; name it "batch_count" and give a whole number'],
    ["latency_p05_s", 'column "latency_p05_s" is not known; did you mean "latency_p50_s"? else remove it'],
    ["power mode", 'column "power mode" is not known; did you mean "power_mode"? else remove it'],
    ["gpu_clock_mhz", 'column "gpu_clock_mhz" has another unit than expected; name it "gpu_clock_hz" and give hertz'],
    ["temperature", 'column "temperature" has no unit; name it "temperature_c" and give degrees Celsius'],
    ["fan_speed_rpm", 'column "fan_speed_rpm" is not known; remove it'],
    ["", 'column "" is not known; remove it'],
    ["x\u001b[31m", 'column "x\\x1b[31m" is not known; remove it'],
    ["workload", 'column "workload" stands twice; keep one of the two'],
    ["constructor", 'column "constructor" is not known'],
  ])("refuses the column %j", (name, message) => {
    expect(() => tableHeader([...needed, name])).toThrow(message);
  });

  test("names what is missing", () => {
    expect(() => tableHeader(["workload", "latency_p50_s"])).toThrow(
      'the header lacks the columns "partition", "batch_count"; a table needs at least "workload", "partition", "batch_count", "latency_p50_s"',
    );
  });

  test.each([["workload;partition;batch_count;latency_p50_s"], ["workload\tpartition\tbatch_count\tlatency_p50_s"]])(
    "says that %j is not separated by commas",
    (line) => {
      expect(() => tableHeader([line])).toThrow("separate columns by commas, and write decimals with a point");
    },
  );

  test("refuses more columns than there are", () => {
    expect(() => tableHeader(Array.from({ length: 1_000_000 }, (_, i) => `c${i}`))).toThrow(
      "the header has 1000000 columns, expected at most",
    );
  });
});

describe("measurementColumns", () => {
  test("name their unit where they hold numbers, and are explained", () => {
    for (const name of measurementColumnNames) {
      expect(measurementColumns[name].definition.length, name).toBeGreaterThan(10);
      const unit = /_(?:per_s|s|bytes|w|j|hz|c|count|index|fraction|ratio)$/.test(name);
      expect(unit, name).toBe(isNumberColumn(name));
    }
  });
});

import {
  type DeviceReadings,
  formatMeasurements,
  type Measurement,
  measurement,
  measurementColumnNames,
  readMeasurements,
} from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { servingColumnNames } from "../../packages/schema/src/measurementColumns.ts";
import { arbitraryMeasurements } from "./arbitraryMeasurement.ts";
import { exampleProfile } from "./exampleProfile.ts";

const bytesOf = (text: string) => [Buffer.from(text)];
const textOf = (rows: readonly Measurement[]) => [...formatMeasurements(rows)].join("");
const read = (text: string) => readMeasurements("m.csv", bytesOf(text));

const example = textOf(exampleProfile.measurements);

const silentDevice: DeviceReadings = {
  powerSource: null,
  powerWatts: null,
  idleWatts: null,
  gpuHertz: null,
  memoryHertz: null,
  temperatureCelsius: null,
  busyFraction: null,
  clockReasons: null,
  batchSeconds: null,
};

/** A table of one row, with some cells replaced. */
function withCells(cells: Record<string, string>): string {
  const columns = { workload: "bert", partition: "whole", batch_count: "4", latency_p50_s: "0.5", ...cells };
  return `${Object.keys(columns).join(",")}\n${Object.values(columns).join(",")}\n`;
}

describe("formatMeasurements and readMeasurements", () => {
  test("give back the same measurements, and the same text", () => {
    const { measurements, absent } = read(example);
    expect(measurements).toEqual(exampleProfile.measurements);
    expect(textOf(measurements)).toBe(example);
    expect(absent).toEqual([]);
  });

  test("do so for any measurements, to the bit", () => {
    fc.assert(
      fc.property(arbitraryMeasurements, (rows) => {
        const text = textOf(rows);
        const again = read(text).measurements;
        expect(again).toEqual(rows);
        expect(textOf(again)).toBe(text);
        for (const row of again) expect(measurement.safeParse(row).success).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test("do not mind the order of columns, a byte order mark, carriage returns or a missing line feed at the end", () => {
    const rows = read(withCells({}).trimEnd()).measurements;
    const reversed = withCells({})
      .trimEnd()
      .split("\n")
      .map((line) => line.split(",").reverse().join(","));
    expect(read(`\uFEFF${reversed.join("\r\n")}`).measurements).toEqual(rows);
  });
});

const isServing = (name: string) => servingColumnNames.some((each) => each === name);

describe("columns of loads and servers", () => {
  const serving = {
    offeredPerSecond: 200,
    latenessSeconds: 1e-4,
    loopDelaySeconds: null,
    queueSeconds: 0.002,
    computeSeconds: 0.003,
  };

  test("are left out of a table in which no row has any, and read back where one has", () => {
    const [first, ...others] = exampleProfile.measurements;
    if (first?.outcome.kind !== "measured") throw new Error("the example's first row is a measured one");
    const served: Measurement = {
      ...first,
      outcome: { kind: "measured", results: { ...first.outcome.results, serving } },
    };
    expect(example).not.toContain("offered_per_s");
    const text = textOf([served, ...others]);
    expect(text.slice(0, text.indexOf("\n")).split(",").filter(isServing)).toEqual(servingColumnNames);
    expect(read(text).measurements.slice(0, 2)).toEqual([served, others[0]]);
  });
});

describe("columns of device readings", () => {
  const header = (text: string) => text.slice(0, text.indexOf("\n")).split(",");
  const withDevice = (device: Partial<DeviceReadings>) => {
    const [row] = exampleProfile.measurements;
    if (row?.outcome.kind !== "measured") throw new Error("the example's first row is a measured one");
    const results = { ...row.outcome.results, device: { ...silentDevice, ...device } };
    return { ...row, outcome: { kind: "measured" as const, results } };
  };

  test("are left out of a table in which no row has any", () => {
    expect(header(example)).not.toContain("temperature_c");
    expect(header(example)).toContain("processes_count");
  });

  test("all stand in a table in which one row has some, and are empty for the others", () => {
    const [, ...others] = exampleProfile.measurements;
    const text = textOf([withDevice({ temperatureCelsius: { mean: -4, least: -5.5, most: -3 } }), ...others]);
    expect(header(text)).toEqual(measurementColumnNames.filter((name) => !isServing(name)));
    const [first, second] = read(text).measurements;
    expect(first).toMatchObject({
      outcome: { results: { device: { temperatureCelsius: { mean: -4, least: -5.5 } } } },
    });
    expect(second).toEqual(others[0]);
  });

  test("tell reasons for lower clocks that never applied from those that are not known", () => {
    const reasonsOf = (clockReasons: DeviceReadings["clockReasons"]) => {
      const [row] = read(textOf([withDevice({ clockReasons, idleWatts: 20 })])).measurements;
      return row?.outcome.kind === "measured" ? row.outcome.results.device?.clockReasons : undefined;
    };
    expect(reasonsOf({})).toEqual({});
    expect(reasonsOf(null)).toBeNull();
    expect(reasonsOf({ "power-cap": 0.8, idle: 1e-7 })).toEqual({ "power-cap": 0.8, idle: 1e-7 });
  });

  test.each([
    [{ temperature_c: "-300" }, 'column "temperature_c" is "-300", expected a number of at least −273.15'],
    [{ temperature_c: "40" }, 'column "temperature_c" does not have all of average, least and most'],
    [
      { temperature_c: "40", temperature_least_c: "41", temperature_most_c: "42" },
      'column "temperature_c" is 40, outside its range 41 to 42; correct one of them',
    ],
    [{ clock_reasons: "hot" }, 'column "clock_reasons" is "hot", expected reasons with shares from 0 to 1'],
    [{ clock_reasons: "idle=2" }, 'column "clock_reasons" is "idle=2", expected reasons'],
    [{ power_source: "guess" }, 'column "power_source" is "guess", expected "counter" or "integral"'],
    [{ outcome: "failed", latency_p50_s: "", power_source: "counter" }, 'column "power_source" is filled, but'],
  ])("refuse %j", (cells, message) => {
    expect(() => read(withCells(cells as Record<string, string>))).toThrow(message);
  });
});

describe("readMeasurements", () => {
  test("assumes little where a table says little", () => {
    const [row] = read(withCells({})).measurements;
    expect(measurement.parse(row)).toEqual(row);
    expect(row).toMatchObject({
      point: { config: { powerMode: "default" }, neighbours: [], load: { kind: "closed", inFlight: 1 }, round: 0 },
      baseline: false,
      flags: [],
      outcome: {
        kind: "measured",
        results: {
          samples: 1,
          throughputPerSecond: 8,
          latency: { mean: 0.5, p50: { value: 0.5, low: null, high: null }, p99: null },
          powerMeanWatts: null,
          nulls: { power_mean_w: "not in the table", latency_p99_s: "not in the table" },
        },
      },
    });
  });

  test("gives rows without an id one that depends on what was measured alone", () => {
    const idOf = (text: string) => read(text).measurements[0]!.id;
    expect(idOf(withCells({}))).toBe(idOf(withCells({ latency_p50_s: "0.7" })));
    expect(idOf(withCells({}))).not.toBe(idOf(withCells({ batch_count: "5" })));
  });

  test("reads plain decimals of every form", () => {
    for (const text of ["0.5", ".5", "5e-1", "+0.5", "0.50", "5.E-1", "0.05e1"]) {
      expect(read(withCells({ latency_p50_s: text })).measurements).toEqual(read(withCells({})).measurements);
    }
  });

  const number = "expected a number of at least 0; correct it, or leave it empty when it is not known";
  test.each([
    ["latency_p50_s", "NaN", `m.csv line 2: column "latency_p50_s" is "NaN", ${number}`],
    ["latency_p50_s", "-0.1", `m.csv line 2: column "latency_p50_s" is "-0.1", ${number}`],
    ["latency_p50_s", "12ms", `m.csv line 2: column "latency_p50_s" is "12ms", ${number}`],
    ["latency_p50_s", "Infinity", `column "latency_p50_s" is "Infinity", ${number}`],
    ["latency_p50_s", "1e999", `column "latency_p50_s" is "1e999", ${number}`],
    ["latency_p50_s", "0x1F", `column "latency_p50_s" is "0x1F", ${number}`],
    ["latency_p50_s", " ", `column "latency_p50_s" is " ", ${number}`],
    ["latency_p50_s", " 1", `column "latency_p50_s" is " 1", ${number}`],
    ["latency_p50_s", "\u00a01", `column "latency_p50_s" is "\u00a01", ${number}`],
    [
      "latency_p50_s",
      "",
      'column "latency_p50_s" is empty, expected a number of at least 0; fill it in, or remove the row',
    ],
    ["latency_p50_s", "0", 'column "throughput_per_s" is empty'],
    ["latency_p50_s", "1e-320", 'column "throughput_per_s" is empty'],
    ["throughput_per_s", "", 'column "throughput_per_s" is empty, expected a number of at least 0; fill it in'],
    ["batch_count", "0", 'column "batch_count" is "0", expected a whole number of at least 1; correct it'],
    ["batch_count", "1.5", 'column "batch_count" is "1.5", expected a whole number of at least 1; correct it'],
    ["batch_count", "", 'column "batch_count" is empty, expected a whole number of at least 1'],
    ["processes_count", "0", 'column "processes_count" is "0", expected a whole number of at least 1; correct it'],
    ["processes_count", "-2", 'column "processes_count" is "-2", expected a whole number of at least 1; correct it'],
    ["processes_count", "1.5", 'column "processes_count" is "1.5", expected a whole number of at least 1; correct it'],
    ["processes", "2", 'column "processes" has no unit; name it "processes_count" and give a whole number'],
    ["samples_count", "1e17", 'column "samples_count" is "1e17", expected a whole number of at least 0'],
    ["error_fraction", "5", 'column "error_fraction" is "5", expected a number from 0 to 1'],
    ["autocorrelation_ratio", "-2", 'column "autocorrelation_ratio" is "-2", expected a number from −1 to 1'],
    ["latency_p50_low_s", "0.6", 'column "latency_p50_s" is 0.5, below the low end 0.6 of its interval'],
    ["latency_p50_high_s", "0.4", 'column "latency_p50_s" is 0.5, above the high end 0.4 of its interval'],
    ["latency_p99_low_s", "0.4", 'column "latency_p99_s" is empty, but has an interval'],
    ["workload", "", 'column "workload" is "", expected a name of 1 to 200 characters on one line'],
    ["workload", '"a\nb"', 'column "workload" is "a\\x0ab", expected a name'],
    [
      "partition",
      "gpu:1",
      'm.csv line 2: partition "gpu:1" is of no known kind (whole, cpu-share, core-set, mps-share, mig, sm-partition, green-context)',
    ],
    ["partition", "cpu-share:2", 'm.csv line 2: partition "cpu-share:2" cannot be read'],
    ["load", "burst:3", 'm.csv line 2: load "burst:3" cannot be read; write "closed:1" (batches in flight)'],
    ["baseline", "yes", 'column "baseline" is "yes", expected "true" or "false"'],
    ["started_at", "yesterday", 'column "started_at" is "yesterday", expected a UTC time'],
    ["outcome", "crashed", 'column "outcome" is "crashed", expected "measured", "infeasible" or "failed"'],
    ["outcome", "failed", 'column "latency_p50_s" is filled, but the outcome is "failed"'],
    ["reason", "slow", 'column "reason" is "slow", expected nothing in a measured row'],
    ["flags", "unsteady slow", 'column "flags" is "slow", expected flags separated by spaces'],
    ["stopped_by", "me", 'column "stopped_by" is "me", expected "precision", "budget" or "aborted"'],
    ["neighbours", "bert", 'column "neighbours" is "bert", expected a list such as'],
    [
      "neighbours",
      '"[[""a"",""default"",""whole"",1,0]]"',
      "with the processes last where there are several; correct it",
    ],
    ["nulls", "none", 'column "nulls" is "none", expected an object such as'],
    ["latency", "1", 'm.csv line 1: column "latency" has no unit; name it "latency_mean_s" and give seconds'],
  ])("refuses %s = %j", (column, cell, message) => {
    expect(() => read(withCells({ [column]: cell }))).toThrow(message);
  });

  test("reads the processes of a workload and of its neighbours, one where nothing is said", () => {
    const beside =
      '"[[""gpt"",""default"",""whole"",2],[""gpt"",""default"",""whole"",2,3],[""gpt"",""default"",""whole"",2,1]]"';
    const point = (cells: Record<string, string>) => read(withCells(cells)).measurements[0]!.point;
    const gpt = { workload: "gpt", powerMode: "default", partition: { kind: "whole" }, batch: 2 };
    expect(point({ processes_count: "3", neighbours: beside })).toMatchObject({
      config: { workload: "bert", processes: 3 },
      neighbours: [gpt, { ...gpt, processes: 3 }, gpt],
    });
    for (const cells of [{}, { processes_count: "" }, { processes_count: "1" }])
      expect(point({ ...cells, neighbours: beside }).config).not.toHaveProperty("processes");
  });

  test("gives a row without processes the identity it always had", () => {
    // Computed before the table had a column for processes.
    const id = "8be69d3e56d46620f96e11238b09108b9088f139c567bf817741827cc242e0eb";
    expect(read(withCells({})).measurements[0]!.id).toBe(id);
    expect(read(withCells({ processes_count: "" })).measurements[0]!.id).toBe(id);
    expect(read(withCells({ processes_count: "1" })).measurements[0]!.id).toBe(id);
    expect(read(withCells({ processes_count: "2" })).measurements[0]!.id).not.toBe(id);
  });

  test("derives the throughput of all processes together, and takes their rows for different points", () => {
    const text =
      "workload,partition,batch_count,processes_count,latency_p50_s\nbert,whole,4,,0.5\nbert,whole,4,3,0.75\n";
    const rates = read(text).measurements.map(({ outcome }) =>
      outcome.kind === "measured" ? outcome.results.throughputPerSecond : undefined,
    );
    expect(rates).toEqual([8, 16]);
    expect(() => read(`${text}bert,whole,4,3,0.8\n`)).toThrow(
      "bert default whole batch 4 × 3, round 0, stands in line 3 already",
    );
    expect(() => read(`${text}bert,whole,4,1,0.8\n`)).toThrow(
      "bert default whole batch 4, round 0, stands in line 2 already",
    );
  });

  test("refuses texts of results in a row without results", () => {
    const text = `${withCells({ outcome: "infeasible", latency_p50_s: "", stopped_by: "budget" })}`;
    expect(() => read(text)).toThrow('column "stopped_by" is filled, but the outcome is "infeasible"; empty it');
  });

  test("refuses names that are not listed beside the table, with the nearest", () => {
    const known = { workloads: ["bert-base"], powerModes: ["default"] };
    expect(() => readMeasurements("m.csv", bytesOf(withCells({})), known)).toThrow(
      'm.csv line 2: column "workload" names "bert", which profile.json does not list; did you mean "bert-base"?',
    );
  });

  test("shortens and disarms what it quotes", () => {
    const cell = `\u001b[2J${"9".repeat(1000)}x`;
    expect(() => read(withCells({ latency_p50_s: cell }))).toThrow(/is "\\x1b\[2J9{1,60}…", expected/);
  });

  test("refuses a row of another width, and thinks of decimal commas", () => {
    const text = withCells({}).replace("0.5", "0,5");
    expect(() => read(text)).toThrow(
      "m.csv line 2: the row has 5 fields, expected 4 as in the header; write a decimal point, not a comma",
    );
  });

  test("refuses a row that repeats an earlier point", () => {
    const text = `${withCells({})}bert,whole,8,0.9\nbert,whole,4,0.6\n`;
    expect(() => read(text)).toThrow(
      'm.csv line 4: bert default whole batch 4, round 0, stands in line 2 already; remove one of the rows, or give them different "round_index"',
    );
  });

  test("refuses a row that repeats an earlier id", () => {
    const text = `${withCells({ id: "r1" })}bert,whole,8,0.9,r1\n`;
    expect(() => read(text)).toThrow('m.csv line 3: id "r1" stands in line 2 already; remove one of the rows');
  });

  test("takes the same point in another round, another environment, or as the baseline", () => {
    const columns = "workload,partition,batch_count,latency_p50_s,round_index,environment,baseline,position_index";
    const rows = ["0,e1,false,0", "1,e1,false,0", "0,e2,false,0", "0,e1,true,0", "0,e1,true,9"];
    const text = `${columns}\n${rows.map((row) => `bert,whole,4,0.5,${row}`).join("\n")}\n`;
    expect(read(text).measurements).toHaveLength(5);
  });

  test.each([
    ["an empty file", "", "m.csv: the table is empty"],
    ["a file of empty lines", "\n\r\n\n", "m.csv: the table is empty"],
    ["a header alone", "workload,partition,batch_count,latency_p50_s\n", "m.csv: the table has a header, but no rows"],
  ])("explains %s", (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test("answers any bytes, and any damage to a table, with measurements or an InputError", () => {
    const damaged = fc
      .tuple(fc.nat(example.length), fc.nat(20), fc.string({ unit: "binary", maxLength: 5 }))
      .map(([at, cut, noise]) => Buffer.from(example.slice(0, at) + noise + example.slice(at + cut)));
    const any = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(any, damaged), (bytes) => {
        try {
          for (const row of readMeasurements("m.csv", [bytes]).measurements) measurement.parse(row);
        } catch (error) {
          expect(error).toHaveProperty("name", "InputError");
        }
      }),
      { numRuns: 500 },
    );
  });
});

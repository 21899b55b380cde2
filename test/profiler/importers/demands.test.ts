import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ImportDemandsOptions, importers, importWideDemands } from "@partitune/profiler";
import { demands, InputError } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const made = { tool: "test", at: "2026-01-01T00:00:00.000Z", seed: null, inputs: [] };
const columns = ["model=workload", "slo_ms=deadline:ms", "rate_rps=rate:/s"];
const tidy = "scenario,model,slo_ms,rate_rps\nS1,bert,6000,19\nS1,resnet50,126,800.5\nS2,bert,4000,46\n";

function fileOf(name: string, text: string): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, text);
  return file;
}

function imported(text: string, options: Partial<ImportDemandsOptions> = {}) {
  return importers.demands(fileOf("slo.csv", text), { columns, where: ["scenario=S1"], made, ...options });
}

describe("a table with a row per service", () => {
  test("gives the demands of the rows that are asked for, in our units, exactly", () => {
    const { demands: read, warnings } = imported(tidy);
    expect(demands.parse(read)).toEqual(read);
    expect(read.demands).toEqual([
      { workload: "bert", ratePerSecond: 19, deadlineSeconds: 6, percentile: 0.99 },
      { workload: "resnet50", ratePerSecond: 800.5, deadlineSeconds: 0.126, percentile: 0.99 },
    ]);
    expect(warnings).toEqual([]);
  });

  test("may name services, and the percentile of each", () => {
    const text = "name,net,d_s,per_min,p\nmorning,bert,0.5,600,95\nevening,bert,0.25,1200,99.9\n";
    const mapping = ["name=service", "net=workload", "d_s=deadline:s", "per_min=rate:/min", "p=percentile:percent"];
    expect(imported(text, { columns: mapping, where: [] }).demands.demands).toEqual([
      { workload: "bert", service: "morning", ratePerSecond: 10, deadlineSeconds: 0.5, percentile: 0.95 },
      { workload: "bert", service: "evening", ratePerSecond: 20, deadlineSeconds: 0.25, percentile: 0.999 },
    ]);
  });

  test("leaves out rates of 0, and says so; columns without a meaning too", () => {
    const text = "model,slo_ms,rate_rps,note\na,10,0,x\nb,10,5,y\n";
    const { demands: read, warnings } = imported(text, { where: [], percentile: 0.9 });
    expect(read.demands).toMatchObject([{ workload: "b", percentile: 0.9 }]);
    expect(warnings.map(({ code, where }) => [code, where])).toEqual([
      ["unmapped-columns", "slo.csv"],
      ["no-rate", '"a"'],
    ]);
  });

  test.each([
    [
      "a service twice",
      tidy,
      {},
      'line 4: service "bert" stands in line 2 already; map a column that tells services apart',
    ],
    ["no such rows", tidy, { where: ["scenario=S9"] }, "has no row with scenario=S9, of 3"],
    [
      "a negative rate",
      "model,slo_ms,rate_rps\na,10,-5\n",
      {},
      'line 2: column "rate_rps" is "-5", expected a number of at least 0',
    ],
    [
      "a deadline of 0",
      "model,slo_ms,rate_rps\na,0,5\n",
      {},
      'line 2: column "slo_ms" is "0", expected a number above 0',
    ],
    ["a rate that is none", "model,slo_ms,rate_rps\na,10,many\n", {}, 'column "rate_rps" is "many"'],
    [
      "nothing but zeros",
      "model,slo_ms,rate_rps\na,10,0\n",
      {},
      "the table asks for nothing: all its rates are 0 or absent",
    ],
    ["a workload without a name", "model,slo_ms,rate_rps\n,10,5\n", {}, 'line 2: column "model" is empty'],
    [
      "a deadline without a unit",
      tidy,
      { columns: ["model=workload", "slo_ms=deadline", "rate_rps=rate:/s"] },
      "states no unit; write one of s, ms",
    ],
    [
      "a rate in a unit of time",
      tidy,
      { columns: ["model=workload", "slo_ms=deadline:ms", "rate_rps=rate:s"] },
      'states the unit "s"; write one of /s, /ms, /min, /h',
    ],
    [
      "no deadline",
      tidy,
      { columns: ["model=workload", "rate_rps=rate:/s"] },
      'meaning "deadline" is given to no column; add --map COLUMN=deadline:ms',
    ],
    ["two rates", tidy, { columns: [...columns, "slo_ms=rate:/s"] }, 'meaning "rate" is given to two columns'],
    [
      "a column that is not there",
      tidy,
      { columns: ["modell=workload", ...columns.slice(1)] },
      'line 1: column "modell" is not in the header; did you mean "model"?',
    ],
    [
      "a percentile of all",
      "model,slo_ms,rate_rps,p\na,10,5,99\n",
      { columns: [...columns, "p=percentile:fraction"] },
      "line 2: the row has a percentile of 99 of all requests",
    ],
  ] as const)("is refused with %s", (_, text, options, words) => {
    const where = { where: [], ...options };
    expect(() => imported(text, where)).toThrow(InputError);
    expect(() => imported(text, where)).toThrow(words);
  });
});

describe("two tables with a column per workload", () => {
  const wide = (latency: string, rates: string, row = 1, workloads: readonly string[] | null = ["a", "b", "c"]) =>
    importWideDemands({
      deadlines: { file: fileOf("latency.csv", latency), unit: "ms" },
      rates: { file: fileOf("rates.csv", rates), unit: "/s" },
      row,
      made,
      ...(workloads === null ? {} : { workloads }),
    });

  test("give the demands of a row; what is absent in both is asked for by nobody", () => {
    expect(wide("100,N/A,50\n80,70,\n", "5,N/A,7\n6,8,n/a\n", 2).demands.demands).toEqual([
      { workload: "a", ratePerSecond: 6, deadlineSeconds: 0.08, percentile: 0.99 },
      { workload: "b", ratePerSecond: 8, deadlineSeconds: 0.07, percentile: 0.99 },
    ]);
  });

  test("take the names of a header", () => {
    const { demands: read } = wide("x,y\n100,200\n", "y,x\n9,8\n", 1, null);
    expect(read.demands).toMatchObject([
      { workload: "x", ratePerSecond: 8, deadlineSeconds: 0.1 },
      { workload: "y", ratePerSecond: 9, deadlineSeconds: 0.2 },
    ]);
  });

  test.each([
    [
      "a rate without a deadline",
      () => wide("100,N/A,50\n", "5,6,7\n"),
      'latency.csv line 1: workload "b" has no number here, but a rate in the other table',
    ],
    [
      "a deadline without a rate",
      () => wide("100,60,50\n", "5,N/A,7\n"),
      'rates.csv line 1: workload "b" has no number here, but a deadline in the other',
    ],
    [
      "a row that is not there",
      () => wide("1,2,3\n", "1,2,3\n", 2),
      "latency.csv: row 2 is not there; choose one from 1 to 1",
    ],
    [
      "other columns than names",
      () => wide("1,2\n", "1,2\n"),
      "latency.csv line 1: the row has 2 fields for 3 workloads; name one for each",
    ],
    [
      "no names",
      () => wide("1,2\n", "1,2\n", 1, null),
      "the first line holds numbers, so that the columns have no names",
    ],
    [
      "a negative rate",
      () => wide("1,2,3\n", "1,-2,3\n"),
      'rates.csv line 1: the rate of "b" is "-2", expected a number above 0',
    ],
  ])("are refused with %s", (_, attempt, words) => {
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(words);
  });

  test("are refused with a unit that is none", () => {
    const file = fileOf("wide.csv", "a\n1\n");
    expect(() =>
      importWideDemands({ deadlines: { file, unit: "rps" }, rates: { file, unit: "/s" }, row: 1, made }),
    ).toThrow("write FILE:UNIT with one of s, ms, us, min, h");
  });
});

const folder = fileURLToPath(new URL("../../../../shared/data/parvagpu/", import.meta.url));

test.skipIf(!existsSync(folder))(
  "published scenarios are the same tidy and wide (needs ../shared/data/parvagpu)",
  () => {
    const names =
      "bert,densenet121,densenet169,densenet201,inceptionv3,mobilenetv2,resnet101,resnet152,resnet50,vgg16,vgg19";
    for (const row of [1, 2, 3, 4]) {
      const wide = importWideDemands({
        deadlines: { file: join(folder, "SLO/SLO_latency.csv"), unit: "ms" },
        rates: { file: join(folder, "SLO/SLO_req_rate.csv"), unit: "/s" },
        row,
        workloads: names.split(","),
        made,
      });
      const tidyOne = importers.demands(join(folder, "slo_tidy.csv"), { columns, where: [`scenario=S${row}`], made });
      expect(wide.demands).toEqual(tidyOne.demands);
    }
  },
);

import { execFileSync } from "node:child_process";
import { toTable, writtenColumns } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { exampleProfile } from "./exampleProfile.ts";

describe("toTable", () => {
  test("gives a row per measurement, numbers as numbers and null where there is none", async () => {
    const table = await toTable(exampleProfile);
    expect(table.numRows()).toBe(exampleProfile.measurements.length);
    expect(table.columnNames()).toEqual(writtenColumns(exampleProfile.measurements));
    expect(table.array("latency_p50_s")).toEqual([0.012, 0.012, null, null]);
    expect(table.array("partition")).toEqual(["cpu-share:0.5", "core-set:0+2", "cpu-share:0.1", "cpu-share:1"]);
  });

  test("is ready for arquero's verbs", async () => {
    const table = await toTable(exampleProfile);
    const counted = table.groupby("workload").count().objects();
    expect(counted).toEqual([
      { workload: "resnet18", count: 3 },
      { workload: 'my "big", net', count: 1 },
    ]);
  });

  test("does not load arquero before it is called", () => {
    const script = `
      import { registerHooks } from "node:module";
      registerHooks({ load: (url, context, next) => (url.includes("arquero") && console.log(url), next(url, context)) });
      await import("@partitune/schema");`;
    const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: new URL("../..", import.meta.url),
      encoding: "utf8",
    });
    expect(output).toBe("");
  });
});

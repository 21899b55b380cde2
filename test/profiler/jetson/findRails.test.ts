import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { boardFiles } from "../../../packages/profiler/src/jetson/boardFiles.ts";
import { findRails, readRail } from "../../../packages/profiler/src/jetson/findRails.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "partitune-rails-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${text}\n`);
  }
}

const chip = "sys/bus/i2c/drivers/ina3221/1-0040/hwmon/hwmon3";

describe("findRails", () => {
  test("hwmon: volts times amperes of each channel that has a rail", () => {
    write({
      [`${chip}/in1_label`]: "VDD_IN",
      [`${chip}/in1_input`]: "5016",
      [`${chip}/curr1_input`]: "1096",
      [`${chip}/in2_label`]: "NC",
      [`${chip}/in2_input`]: "0",
      [`${chip}/curr2_input`]: "0",
      [`${chip}/in7_label`]: "sum of shunt voltages",
      [`${chip}/in7_input`]: "11",
      [`${chip}/samples`]: "512",
      [`${chip}/update_interval`]: "140",
    });
    const files = boardFiles(root);
    const { rails, averaging } = findRails(files);
    expect(rails.map(({ name }) => name)).toEqual(["VDD_IN"]);
    expect(readRail(files, rails[0]!)).toBeCloseTo(5.016 * 1.096, 12);
    expect(averaging).toEqual(["ina3221 1-0040: samples 512, interval 140 ms"]);
  });

  test("iio of older kernels: power in mW, of each chip once though it has several names", () => {
    const old = "sys/bus/i2c/drivers/ina3221x/6-0040";
    for (const folder of ["iio:device0", "iio_device"])
      write({
        [`${old}/${folder}/rail_name_0`]: "POM_5V_IN",
        [`${old}/${folder}/in_power0_input`]: "2600",
        [`${old}/${folder}/rail_name_1`]: "POM_5V_GPU",
        [`${old}/${folder}/in_power1_input`]: "40",
      });
    const files = boardFiles(root);
    expect(findRails(files).rails.map((rail) => [rail.name, readRail(files, rail)])).toEqual([
      ["POM_5V_IN", 2.6],
      ["POM_5V_GPU", 0.04],
    ]);
  });

  test("INA238: the board's input, in µW", () => {
    write({ "sys/bus/i2c/drivers/ina238/2-0044/hwmon/hwmon6/power1_input": "38500000" });
    const files = boardFiles(root);
    expect(findRails(files).rails.map((rail) => [rail.name, readRail(files, rail)])).toEqual([["VIN", 38.5]]);
  });

  test("a channel that is switched off has files and no rail", () => {
    write({ [`${chip}/in1_label`]: "VDD_SOC", [`${chip}/in1_input`]: "5000", [`${chip}/curr1_input`]: "" });
    expect(findRails(boardFiles(root)).rails).toEqual([]);
  });

  test("a board without power monitors has no rails", () => {
    expect(findRails(boardFiles(root))).toEqual({ rails: [], averaging: [] });
  });
});

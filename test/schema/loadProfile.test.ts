import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadAny, loadProfile, type Profile, profile, saveProfile } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryMeasurements } from "./arbitraryMeasurement.ts";
import { exampleProfile } from "./exampleProfile.ts";

const folder = mkdtempSync(join(tmpdir(), "profile-"));

/** A fresh folder with the example in it. */
function saved(): string {
  const path = mkdtempSync(join(folder, "p-"));
  saveProfile(path, exampleProfile);
  return path;
}

function bareTable(text: string | Uint8Array): string {
  const path = join(mkdtempSync(join(folder, "t-")), "table.csv");
  writeFileSync(path, text);
  return path;
}

const header = "workload,partition,batch_count,latency_p50_s";

describe("saveProfile and loadProfile", () => {
  test("give back the same profile, and write the same bytes again", () => {
    const path = saved();
    expect(loadProfile(path)).toEqual(exampleProfile);
    const again = join(folder, "again");
    saveProfile(again, loadProfile(path));
    for (const file of readdirSync(path)) {
      expect(readFileSync(join(again, file), "utf8"), file).toBe(readFileSync(join(path, file), "utf8"));
    }
    expect(readdirSync(path).sort()).toEqual(["measurements.csv", "profile.json"]);
  });

  test("do so for any measurements, and what is loaded is valid by its schema", () => {
    const path = join(folder, "any");
    fc.assert(
      fc.property(arbitraryMeasurements, (measurements) => {
        const configs = measurements.flatMap((row) => [row.point.config, ...row.point.neighbours]);
        const whole: Profile = {
          ...exampleProfile,
          workloads: configs.map(({ workload }) => ({ ...exampleProfile.workloads[0]!, name: workload })),
          device: { ...exampleProfile.device, powerModes: configs.map(({ powerMode }) => ({ name: powerMode })) },
          measurements,
        };
        saveProfile(path, whole);
        const loaded = loadProfile(path);
        expect(loaded).toEqual(whole);
        expect(profile.parse(loaded)).toEqual(loaded);
      }),
      { numRuns: 30 },
    );
  });

  test("explain every column in the file itself", () => {
    const columns = readFileSync(join(saved(), "measurements.csv"), "utf8").split("\n")[0]!.split(",");
    const { definitions } = JSON.parse(readFileSync(join(saved(), "profile.json"), "utf8"));
    expect(Object.keys(definitions)).toEqual(columns);
  });

  test("find the folder from one of its files", () => {
    const path = saved();
    expect(loadProfile(join(path, "profile.json"))).toEqual(exampleProfile);
    expect(loadProfile(join(path, "measurements.csv"))).toEqual(exampleProfile);
  });

  test("say which of the two files is missing", () => {
    const path = mkdtempSync(join(folder, "empty-"));
    expect(() => loadProfile(path)).toThrow(`path "${join(path, "profile.json")}" does not exist`);
    const { measurements: _, ...rest } = exampleProfile;
    writeFileSync(join(path, "profile.json"), JSON.stringify(rest));
    expect(() => loadProfile(path)).toThrow(`path "${join(path, "measurements.csv")}" does not exist`);
  });

  test("refuse rows of a workload that profile.json does not list", () => {
    const path = saved();
    const file = join(path, "measurements.csv");
    writeFileSync(file, readFileSync(file, "utf8").replace("resnet18", "resnet19"));
    expect(() => loadProfile(path)).toThrow(
      `${file} line 2: column "workload" names "resnet19", which profile.json does not list; did you mean "resnet18"?`,
    );
  });

  test("warn when columns were taken out of the table", () => {
    const path = saved();
    const [first] = exampleProfile.measurements;
    saveProfile(path, { ...exampleProfile, measurements: [first!] });
    const rows = readFileSync(join(path, "measurements.csv"), "utf8").trim().split("\n");
    writeFileSync(join(path, "measurements.csv"), rows.map((row) => row.replace(/^[^,]*,/, "")).join("\n"));
    expect(loadProfile(path).warnings.at(-1)).toMatchObject({ code: "assumed-columns" });
  });

  test("refuse to save what could not be loaded, and leave the old files", () => {
    const path = saved();
    const [first] = exampleProfile.measurements;
    const twice = { ...exampleProfile, measurements: [first!, first!] };
    expect(() => saveProfile(path, twice)).toThrow(
      "line 3: resnet18 default cpu-share:0.5 batch 1, round 0, stands in line 2",
    );
    expect(() => saveProfile(path, { ...exampleProfile, measurements: [] })).toThrow("has a header, but no rows");
    expect(() => saveProfile(path, { ...exampleProfile, workloads: [] })).toThrow('names "resnet18"');
    expect(loadProfile(path)).toEqual(exampleProfile);
  });

  test("say when the folder cannot be made", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => saveProfile(join(folder, "file"), exampleProfile)).toThrow(/folder; (check the|choose another) path/);
  });
});

describe("loadProfile of a bare table", () => {
  test("makes the least profile around it, and warns", () => {
    const path = bareTable(`${header}\nbert,cpu-share:0.5,4,0.2\nbert,core-set:0+3,1,0.1\nvgg,cpu-share:0.25,1,0.4\n`);
    const loaded = loadProfile(path);
    expect(profile.parse(loaded)).toEqual(loaded);
    expect(loaded.device).toMatchObject({
      name: "unknown",
      cores: 4,
      partitionSchemes: [{ kind: "whole" }, { kind: "cpu-share", granularity: 0.25, total: 1 }, { kind: "core-set" }],
      powerModes: [{ name: "default" }],
    });
    expect(loaded.workloads).toEqual([
      { name: "bert", task: "inference", engine: { engine: "recorded", source: path }, batches: [1, 4] },
      { name: "vgg", task: "inference", engine: { engine: "recorded", source: path }, batches: [1] },
    ]);
    expect(loaded.warnings.map((warning) => warning.code)).toEqual(["unknown-device", "assumed-columns"]);
    expect(loaded.made.inputs[0]!.name).toBe("table.csv");
  });

  test("can be saved as a profile folder", () => {
    const loaded = loadProfile(bareTable(`${header}\nbert,whole,4,0.2\n`));
    const path = join(folder, "from-table");
    saveProfile(path, loaded);
    expect(loadProfile(path)).toEqual(loaded);
  });

  test.each([
    ["an empty file", "", "the table is empty"],
    ["a header alone", `${header}\n`, "has a header, but no rows"],
    ["binary garbage", Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256), "is not UTF-8 text"],
    ["a PNG", Buffer.from("\x89PNG\r\n\x1a\n\0\0\0", "latin1"), "is not UTF-8 text"],
    ["columns without units", "workload,partition,batch,latency\nbert,whole,1,1\n", 'column "batch" has no unit'],
    ["a page of HTML", "<!doctype html>\n<html></html>\n", 'column "<!doctype html>" is not known'],
  ])("explains %s", (_, text, message) => {
    expect(() => loadProfile(bareTable(text))).toThrow(message);
  });

  test("refuses a million columns before it holds them", () => {
    const path = bareTable(Array.from({ length: 1_000_000 }, (_, i) => `column_${i}_s`).join(","));
    expect(() => loadProfile(path)).toThrow("line 1: the first line is longer than 64 KiB");
  });

  test("refuses a file of many gigabytes without lines after its first pieces", () => {
    const path = join(folder, "sparse.csv");
    const file = openSync(path, "w");
    writeSync(file, "x", 20 * 2 ** 30); // a hole: takes no space on disk
    closeSync(file);
    expect(() => loadProfile(path)).toThrow("line 1: the first line is longer than 64 KiB");
  });

  test("says that a path does not exist", () => {
    expect(() => loadProfile("nowhere.csv")).toThrow('path "nowhere.csv" does not exist; check the path');
  });
});

describe("loadAny", () => {
  test("tells our files apart", () => {
    const path = saved();
    expect(loadAny(path)).toEqual(exampleProfile);
    expect(loadAny(join(path, "profile.json"))).toEqual(exampleProfile);
    expect(loadAny(bareTable(`${header}\nbert,whole,1,1\n`)).kind).toBe("profile");
    const demands = {
      kind: "demands",
      version: 1,
      demands: [{ workload: "bert", ratePerSecond: 1, deadlineSeconds: 1, percentile: 0.9 }],
    };
    mkdirSync(join(folder, "demands"));
    writeFileSync(join(folder, "demands", "d.json"), JSON.stringify(demands));
    expect(loadAny(join(folder, "demands", "d.json"))).toEqual(demands);
  });

  test("says when a file is none of ours", () => {
    writeFileSync(join(folder, "package.json"), '{"name": "x"}');
    expect(() => loadAny(join(folder, "package.json"))).toThrow('field "kind" is missing, expected one of ');
  });
});

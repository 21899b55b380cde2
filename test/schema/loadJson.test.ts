import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Demands, loadJson, saveJson } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "json-"));
const demands: Demands = {
  kind: "demands",
  version: 1,
  demands: [{ workload: "résnet – 18", ratePerSecond: 20, deadlineSeconds: 0.2, percentile: 0.99 }],
};

function load(bytes: string | Uint8Array): Demands {
  const path = join(folder, "case.json");
  writeFileSync(path, bytes);
  return loadJson(path, "demands");
}

describe("saveJson and loadJson", () => {
  test("give back what was saved", () => {
    const path = join(folder, "new", "folder", "demands.json");
    saveJson(path, demands);
    expect(loadJson(path, "demands")).toEqual(demands);
    expect(readFileSync(path, "utf8")).toMatch(/^\{\n {2}"kind": "demands",\n/);
    expect(readdirSync(join(folder, "new", "folder"))).toEqual(["demands.json"]);
  });

  test("give back any list of demands, to the bit", () => {
    const number = fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true });
    const demand = fc.record({
      workload: fc.stringMatching(/^[^\p{Cc}]{1,50}$/u),
      ratePerSecond: number,
      deadlineSeconds: number,
      percentile: fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true }),
    });
    const path = join(folder, "any.json");
    fc.assert(
      fc.property(fc.array(demand, { minLength: 1, maxLength: 4 }), (list) => {
        saveJson(path, { ...demands, demands: list });
        expect(loadJson(path, "demands").demands).toEqual(list);
      }),
      { numRuns: 30 },
    );
  });

  test("refuse to save what could not be loaded, and leave the old file", () => {
    const path = join(folder, "kept.json");
    saveJson(path, demands);
    const broken = { ...demands, demands: [{ ...demands.demands[0]!, ratePerSecond: Number.NaN }] };
    expect(() => saveJson(path, broken)).toThrow(
      `${path}: field "demands[0].ratePerSecond" is NaN, expected a number; correct it`,
    );
    expect(loadJson(path, "demands")).toEqual(demands);
  });

  test.each([
    ["an empty file", "", "the text is empty; check that writing it was not interrupted"],
    ["half a file", '{\n"kind": "dem', "is not JSON"],
    ["bytes that are no text", Uint8Array.of(0x80, 0x81, 0), "the text is not UTF-8 text"],
    ["UTF-16", Buffer.from("\uFEFF{}", "utf16le"), "the text is not UTF-8 text"],
    ["a comma too many", '{\n"kind": "demands",\n}', "line 3: the text is not JSON"],
  ])("explain %s", (_, bytes, message) => {
    expect(() => load(bytes)).toThrow(message);
  });

  test("ignore a byte order mark", () => {
    expect(load(`\uFEFF${JSON.stringify(demands)}`)).toEqual(demands);
  });

  test.each([
    ["a file that does not exist", join(folder, "nowhere.json"), "does not exist; check the path"],
    ["a folder", folder, "is a folder; name a file"],
    ["a path through a file", join(folder, "case.json", "x"), "runs through something that is no folder"],
  ])("explain %s", (_, path, message) => {
    load(JSON.stringify(demands));
    expect(() => loadJson(path, "demands")).toThrow(message);
  });

  test.each([
    ["a folder in its place", "taken", "is a folder; name a file"],
    ["a file where a folder should be", "file/x.json", "no folder"],
  ])("explain why a file cannot be written: %s", (_, path, message) => {
    mkdirSync(join(folder, "taken"), { recursive: true });
    writeFileSync(join(folder, "file"), "");
    expect(() => saveJson(join(folder, path), demands)).toThrow(message);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("answer any bytes with an InputError", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .tuple(fc.nat(200), fc.uint8Array({ maxLength: 5 }))
        .map(([cut, noise]) => Buffer.concat([Buffer.from(JSON.stringify(demands)).subarray(0, cut % 90), noise])),
    );
    fc.assert(
      fc.property(bytes, (content) => {
        expect(() => load(content)).toThrow(expect.objectContaining({ name: "InputError" }));
      }),
    );
  });
});

import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkWritable } from "@partitune/schema";
import { describe, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "writable-"));

describe("checkWritable", () => {
  test("makes missing folders and leaves nothing else", () => {
    checkWritable(join(folder, "a", "b", "plan.json"));
    expect(readdirSync(join(folder, "a", "b"))).toEqual([]);
  });

  test("does not touch a file that is there", () => {
    const path = join(folder, "old.json");
    writeFileSync(path, "old");
    checkWritable(path);
    expect(readFileSync(path, "utf8")).toBe("old");
  });

  test("refuses a folder", () => {
    expect(() => checkWritable(folder)).toThrow("is a folder; name a file");
  });

  test.skipIf(!existsSync("/dev/null"))("refuses a device, which a rename would replace (needs /dev)", () => {
    expect(() => checkWritable("/dev/null")).toThrow("is a device or a pipe, which writing would replace; name a file");
  });

  test("refuses a path through a file", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => checkWritable(join(folder, "file", "x.json"))).toThrow("no folder");
    expect(existsSync(join(folder, "file", "x.json"))).toBe(false);
  });

  test.skipIf(!existsSync("/proc/self"))("refuses a place where nothing can be made (needs /proc)", () => {
    expect(() => checkWritable("/proc/self/plan.json")).toThrow(/^path "\/proc\/self\/plan.json"/);
    expect(() => checkWritable("/proc/nowhere/deeper/plan.json")).toThrow(/^path "\/proc\/nowhere/);
  });
});

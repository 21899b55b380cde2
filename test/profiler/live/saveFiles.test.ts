import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { saveFiles } from "../../../packages/profiler/src/live/saveFiles.ts";

describe("saveFiles", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "partitune-files-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("makes the folder, writes the files, and lets scripts be run", () => {
    const target = join(folder, "a/b");
    saveFiles(target, [
      { path: "run.sh", content: "#!/bin/sh\n", executable: true },
      { path: "data/plan.json", content: "{}", executable: false },
    ]);
    expect(readFileSync(join(target, "data/plan.json"), "utf8")).toBe("{}");
    expect(statSync(join(target, "run.sh")).mode & 0o111).toBe(0o111);
    expect(statSync(join(target, "data/plan.json")).mode & 0o111).toBe(0);
  });

  it.each(["../x", "/x", "a/../../x"])("does not write %s, which is outside", (path) => {
    expect(() => saveFiles(folder, [{ path, content: "", executable: false }])).toThrow(/leads out of its folder/);
  });

  it("names a folder that cannot be written", () => {
    writeFileSync(join(folder, "file"), "");
    const files = [{ path: "x", content: "", executable: false }];
    expect(() => saveFiles(join(folder, "file"), files)).toThrow(/file ".*file\/x" cannot be written/);
  });
});

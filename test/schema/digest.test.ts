import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeInput, digest, digestFile, saveProfile } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { exampleProfile } from "./exampleProfile.ts";

const folder = mkdtempSync(join(tmpdir(), "digest-"));

describe("digest", () => {
  test("is the SHA-256 of the canonical JSON", () => {
    // sha256sum of the two bytes {}
    expect(digest({})).toBe("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
  });

  test("is the same for equal data", () => {
    expect(digest({ a: 1, b: [2] })).toBe(digest({ b: [2], a: 1 }));
  });
});

describe("digestFile", () => {
  test("is the SHA-256 of the bytes", () => {
    const path = join(folder, "abc");
    writeFileSync(path, "abc");
    // FIPS 180-2, appendix B.1
    expect(digestFile(path)).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  test("reads files larger than one piece", () => {
    const path = join(folder, "zeros");
    writeFileSync(path, Buffer.alloc(1_000_000));
    // head -c 1000000 /dev/zero | sha256sum
    expect(digestFile(path)).toBe("d29751f2649b32ff572b5e0a9f541ea660a50f94ff0beedfb0b692b924cc8025");
  });

  test("says that a file does not exist", () => {
    expect(() => digestFile("nowhere.csv")).toThrow('path "nowhere.csv" does not exist; check the path');
  });
});

describe("describeInput", () => {
  test("names a file and its digest", () => {
    const path = join(folder, "input");
    writeFileSync(path, "abc");
    expect(describeInput(path)).toEqual({ name: "input", sha256: digestFile(path) });
  });

  test("covers both files of a profile folder, and nothing else in it", () => {
    const path = join(folder, "profile");
    saveProfile(path, exampleProfile);
    const before = describeInput(path);
    writeFileSync(join(path, "journal.jsonl"), "{}\n");
    expect(describeInput(`${path}/`)).toEqual(before);
    saveProfile(path, { ...exampleProfile, warnings: [] });
    expect(describeInput(path).sha256).not.toBe(before.sha256);
    expect(before.name).toBe("profile");
  });
});

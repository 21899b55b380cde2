import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { journalFile, openJournal, profile, readJournal, syntheticExecutor } from "@partitune/profiler";
import { InputError, type JournalEntry } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shortProtocol, smallSpace } from "./fixtures/syntheticCampaign.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

/** A folder with a small measured campaign. */
async function measured(): Promise<string> {
  const folder = temporaryFolder();
  const sink = await openJournal(folder);
  await profile(syntheticExecutor(), smallSpace(), shortProtocol, sink).finally(() => sink.close());
  return folder;
}

function read(path: string): { readonly entries: readonly JournalEntry[]; readonly whole: number } {
  const entries: JournalEntry[] = [];
  const whole = readJournal(path, (entry) => entries.push(entry));
  return { entries, whole };
}

test("a journal begins with its header and holds every step of every measurement", async () => {
  const path = join(await measured(), journalFile);
  const { entries, whole } = read(path);
  expect(whole).toBe(readFileSync(path).length);
  expect(entries.slice(0, 4).map((entry) => entry.type)).toEqual(["header", "environment", "planned", "calibrated"]);
  const count = (type: string) => entries.filter((entry) => entry.type === type).length;
  expect([count("started"), count("done"), count("failed")]).toEqual([12, 12, 0]);
});

test("cut anywhere, it still tells everything up to the last whole line", async () => {
  const path = join(await measured(), journalFile);
  const bytes = readFileSync(path);
  const { entries } = read(path);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: bytes.length }), (length) => {
      writeFileSync(path, bytes.subarray(0, length));
      const cut = read(path);
      expect(cut.entries).toEqual(entries.slice(0, cut.entries.length));
      expect(cut.whole).toBe(bytes.lastIndexOf("\n", length - 1) + 1);
    }),
    { numRuns: 60 },
  );
});

describe("a last line is left out", () => {
  test.each([
    ["that is torn", '{"type":"started","at":"2026'],
    ["that is torn, though it ends", '{"type":"started","at":"2026\n'],
    ["of zeros, as after a power cut", `${"\0".repeat(512)}`],
    ["that is not understood", '{"type":"wedding"}\n'],
  ])("%s", async (_, line) => {
    const path = join(await measured(), journalFile);
    const before = read(path);
    appendFileSync(path, line);
    expect(read(path)).toEqual(before);
  });
});

describe("is refused, with file and line", () => {
  test.each([
    [
      "garbage in the middle",
      (text: string) => text.replace(/\n\{"type":"started"/, '\nsomething else\n{"type":"started"'),
      /journal.jsonl line 5: the line is not JSON; repair or delete/,
    ],
    [
      "a wrong field in the middle",
      (text: string) => text.replace('"position":0', '"position":-1'),
      /line 5: the line has a wrong field "position"/,
    ],
    ["another file", () => "latency,share\n1,2\n3,4\n", /line 1: the line is not JSON/],
    ["a missing header", (text: string) => text.slice(text.indexOf("\n") + 1), /line 1: the line is no header/],
    [
      "two headers",
      (text: string) => `${text.slice(0, text.indexOf("\n") + 1)}${text}`,
      /line 2: the line is a second header/,
    ],
    [
      "a newer version",
      (text: string) => text.replace('"version":1', '"version":2'),
      /line 1: field "version" is newer .*update partitune/,
    ],
  ])("%s", async (_, damage, words) => {
    const path = join(await measured(), journalFile);
    writeFileSync(path, damage(readFileSync(path, "utf8")));
    expect(() => read(path)).toThrow(InputError);
    expect(() => read(path)).toThrow(words);
  });

  test("a file of one line that is not ours, which must not be overwritten", () => {
    const path = join(temporaryFolder(), journalFile);
    writeFileSync(path, "my diary");
    expect(() => read(path)).toThrow(InputError);
  });
});

test("no bytes make it fail with anything but an input error", () => {
  const path = join(temporaryFolder(), journalFile);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      writeFileSync(path, bytes);
      try {
        expect(read(path).entries).toEqual([]);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
  );
});

test("an empty file is an empty journal", async () => {
  const path = join(await measured(), journalFile);
  truncateSync(path, 0);
  expect(read(path)).toEqual({ entries: [], whole: 0 });
});

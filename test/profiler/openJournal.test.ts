import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { journalFile, loadRuns, loadSamples, openJournal, profile, syntheticExecutor } from "@partitune/profiler";
import { InputError, loadProfile } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { summarise } from "../../packages/profiler/src/summarise.ts";
import { unknownUsage } from "../../packages/profiler/src/usageInWindow.ts";
import { shortProtocol, smallSpace } from "./fixtures/syntheticCampaign.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

async function measure(folder: string) {
  const sink = await openJournal(folder);
  return profile(syntheticExecutor(), smallSpace(), shortProtocol, sink).finally(() => sink.close());
}

test("a campaign leaves journal, profile and table, and nothing else", async () => {
  const folder = join(temporaryFolder(), "deep", "folder");
  const { profile: built } = await measure(folder);
  expect(readdirSync(folder).sort()).toEqual([journalFile, "measurements.csv", "profile.json"]);
  expect(loadProfile(folder)).toEqual(built);
});

test("the saved numbers can be computed again from the raw samples", async () => {
  const folder = temporaryFolder();
  const built = (await measure(folder)).profile!;
  const runs = loadRuns(folder);
  const samples = loadSamples(join(folder, "measurements.csv"));
  for (const row of built.measurements) {
    const results = row.outcome.kind === "measured" ? row.outcome.results : undefined;
    const again = summarise(runs.get(row.id)!, {
      batch: row.point.config.batch,
      protocol: shortProtocol,
      stoppedBy: results!.stoppedBy,
      usage: unknownUsage("not asked for"),
    });
    expect(again.latency).toEqual(results!.latency);
    expect(again.throughputPerSecond).toBe(results!.throughputPerSecond);
    expect(samples(row.id).length).toBe(results!.samples);
  }
  expect(samples("no such id")).toEqual([]);
});

test("a profile without a journal has no samples", () => {
  expect(loadSamples(temporaryFolder())("any")).toEqual([]);
});

describe("a folder that cannot be written is found before anything is measured", () => {
  test("because a file stands in its place", async () => {
    const path = join(temporaryFolder(), "file");
    writeFileSync(path, "");
    await expect(openJournal(path)).rejects.toThrow(InputError);
    await expect(openJournal(join(path, "below"))).rejects.toThrow(/path ".*below" cannot be written \(ENOTDIR\)/);
  });

  test("because the system does not allow it", async () => {
    await expect(openJournal("/proc/partitune")).rejects.toThrow(/path "\/proc\/partitune" cannot be written/);
  });

  test("because a folder stands in the place of the table", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "measurements.csv"));
    await expect(openJournal(folder)).rejects.toThrow(/measurements.csv" is a folder/);
  });

  test("because its rights do not allow it", async (context) => {
    if (process.getuid?.() === 0) return context.skip("the superuser may write anywhere; run as another user");
    const folder = temporaryFolder();
    chmodSync(folder, 0o500);
    await expect(openJournal(folder)).rejects.toThrow(/EACCES/);
  });
});

test("a folder that was refused is free again", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, journalFile), "not ours\nat all\n");
  await expect(openJournal(folder)).rejects.toThrow(/line 1/);
  expect(readFileSync(join(folder, journalFile), "utf8")).toBe("not ours\nat all\n");
  writeFileSync(join(folder, journalFile), "");
  await (await openJournal(folder)).close();
});

test("two campaigns do not get the same folder", async () => {
  const folder = temporaryFolder();
  const first = await openJournal(folder);
  await expect(openJournal(folder)).rejects.toThrow(/is being profiled into by process/);
  await first.close();
  await first.close();
  await (await openJournal(folder)).close();
});

test("a torn last line is cut off, and the next line is whole", async () => {
  const folder = temporaryFolder();
  await measure(folder);
  const path = join(folder, journalFile);
  const before = readFileSync(path, "utf8");
  writeFileSync(path, `${before}{"type":"done","measur`);
  const sink = await openJournal(folder);
  await sink.append({ type: "aborted", at: "2026-01-01T00:00:00.000Z", reason: "test", partial: null });
  await sink.close();
  expect(readFileSync(path, "utf8")).toBe(
    `${before}{"type":"aborted","at":"2026-01-01T00:00:00.000Z","reason":"test","partial":null}\n`,
  );
});

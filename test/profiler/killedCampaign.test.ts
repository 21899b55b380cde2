import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Random, seededRandom } from "@partitune/numerics";
import { openJournal, profile, syntheticExecutor, systemClock, virtualClock } from "@partitune/profiler";
import { loadProfile, type Measurement } from "@partitune/schema";
import { expect, test } from "vitest";
import { killedProtocol, killedSpace } from "./fixtures/killedCampaign.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const script = fileURLToPath(new URL("fixtures/profileSynthetic.ts", import.meta.url));
const kills = 50;
/** Children at a time: most of a child's life is waiting, for its start and for meters. */
const lanes = 6;
/** Steps that a whole campaign reports: four for each of 20 measurements, but workers are started only once per block. */
const steps = 72;

/** Profiles in a process of its own, which is killed after so many steps and a moment. */
async function profileAndKill(folder: string, afterSteps: number, momentMilliseconds: number): Promise<void> {
  const child = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "inherit"] });
  let seen = 0;
  child.stdout.on("data", async (dots: Buffer) => {
    seen += dots.length;
    if (seen < afterSteps) return;
    await sleep(momentMilliseconds);
    child.kill("SIGKILL");
  });
  await once(child, "close");
}

/** Goes on where the journal ends; in virtual time, on what counts as the same device. */
async function resume(folder: string) {
  const sink = await openJournal(folder);
  const found = sink.journal.rows.length;
  const executor = syntheticExecutor({ clock: { ...virtualClock(), name: systemClock.name } });
  const end = await profile(executor, killedSpace, killedProtocol, sink).finally(() => sink.close());
  return { found, end };
}

function identities(rows: readonly Measurement[]): readonly string[] {
  return rows.map((row) => `${row.id} ${JSON.stringify(row.point)} ${row.baseline}`).sort();
}

async function killAndResume(random: Random): Promise<{ readonly found: number; readonly ids: readonly string[] }> {
  const folder = temporaryFolder();
  await profileAndKill(folder, 1 + random.integer(steps), 4 * random.next());
  const { found, end } = await resume(folder);
  expect(end).toMatchObject({ status: "complete", reused: found, made: 20 - found });
  return { found, ids: identities(loadProfile(folder).measurements) };
}

test("a campaign killed at any of 50 random moments, and resumed, ends as if it had not been", async () => {
  const uninterrupted = (await resume(temporaryFolder())).end.profile!;
  const random = seededRandom("kill -9");
  const results: { readonly found: number; readonly ids: readonly string[] }[] = [];
  const lane = async () => {
    while (results.length < kills) results.push(await killAndResume(random));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const expected = identities(uninterrupted.measurements);
  expect(expected.length).toBe(20);
  for (const { ids } of results) expect(ids).toEqual(expected);
  // The moments are spread over the whole campaign.
  expect(new Set(results.map(({ found }) => found)).size).toBeGreaterThan(10);
});

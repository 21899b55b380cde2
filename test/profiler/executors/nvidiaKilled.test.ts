import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "@partitune/numerics";
import { pendingRestorations } from "@partitune/profiler";
import { describe, expect, test } from "vitest";
import { cardPrograms, ownUuid } from "../fixtures/fakePlace.ts";
import { noCompiler } from "../fixtures/nvml/buildFakeNvml.ts";
import { fakeH100, makeFakeCards } from "../fixtures/nvml/fakeCards.ts";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const script = join(import.meta.dirname, "../fixtures/killedCard.ts");
const settings = ["limit_mw", "locked_gpu_most_mhz", "locked_memory_most_mhz", "compute_mode", "mig"] as const;
/** Lanes run beside each other, each with a card of its own. */
const lanes = ["a", "b"];
const killsPerLane = 3;

/** Processes of a folder: daemons and clients of MPS, and workers, by what they were started with. */
function processesOf(folder: string): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/environ`, "utf8").includes(folder);
      } catch {
        return false;
      }
    });
}

describe.skipIf(noCompiler !== undefined)("a campaign on a card that is killed", () => {
  test("leaves no changed setting, no daemon, no worker and no folder, whenever that happens", async () => {
    const changes = await Promise.all(lanes.map(killInLane));
    expect(changes.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0); // else nothing was put to the test
  }, 120_000);
});

/** @returns how often the card was found changed at the moment of a kill */
async function killInLane(lane: string): Promise<number> {
  const folder = temporaryFolder();
  const run = join(folder, "run");
  mkdirSync(run);
  const fake = makeFakeCards(folder, [{ ...fakeH100, uuid: ownUuid(1 + lanes.indexOf(lane)) }]);
  const before = settings.map((name) => fake.number(0, name));
  const random = seededRandom(`killed ${lane}`);
  let changed = 0;
  for (let kill = 0; kill < killsPerLane; kill++) {
    const environment = {
      ...process.env,
      ...fake.environment,
      PATH: `${cardPrograms}:${process.env.PATH}`,
      PARTITUNE_RESTORE_DIR: join(folder, "restore"),
      CARD_WORKER_FOLDER: folder,
    };
    const child = spawn(process.execPath, [script, fake.library, run, `${lane} ${kill}`], {
      env: environment,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise((resolve) => child.on("close", resolve));
    await new Promise((resolve) => child.stdout.once("data", resolve));
    await new Promise((resolve) => setTimeout(resolve, random.integer(1200)));
    expect(child.kill("SIGKILL")).toBe(true);
    await ended;
    if (settings.some((name, i) => fake.number(0, name) !== before[i]) || readdirSync(run).length > 0) changed += 1;
    await expect.poll(() => pendingRestorations(join(folder, "restore")), { timeout: 30_000 }).toEqual([]);
    expect(settings.map((name) => fake.number(0, name))).toEqual(before);
    await expect.poll(() => processesOf(folder), { timeout: 5000 }).toEqual([]);
    expect(readdirSync(run)).toEqual([]);
  }
  return changed;
}

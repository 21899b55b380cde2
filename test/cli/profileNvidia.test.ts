import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatConfig, loadProfile } from "@partitune/schema";
import { beforeEach, describe, expect, test } from "vitest";
import { cardPrograms, ownUuid } from "../profiler/fixtures/fakePlace.ts";
import { noCompiler } from "../profiler/fixtures/nvml/buildFakeNvml.ts";
import {
  type FakeCard,
  type FakeCards,
  fakeH100,
  fakeMigH100,
  makeFakeCards,
} from "../profiler/fixtures/nvml/fakeCards.ts";
import { temporaryFolder } from "../profiler/fixtures/temporaryFolder.ts";

const main = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
const worker = fileURLToPath(new URL("../profiler/fixtures/cardWorker.mjs", import.meta.url));
const changeable = ["limit_mw", "locked_gpu_most_mhz", "locked_memory_most_mhz", "compute_mode", "mig"] as const;
let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

/** Runs the program as on a machine whose driver is the library of the tests. */
function partitune(...words: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [main, ...words], {
    cwd: folder,
    env: {
      ...process.env,
      PATH: `${cardPrograms}:${process.env.PATH}`,
      LD_LIBRARY_PATH: join(folder, "lib"),
      PARTITUNE_RESTORE_DIR: join(folder, "restore"),
      TMPDIR: folder,
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (bytes: Buffer) => {
    stderr += bytes;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stderr })));
}

function profileOn(...words: readonly string[]) {
  const usual = ["--protocol", "quick", "--rounds", "1", "--budget-s", "0.05", "--batches", "1", "--out", "out"];
  return partitune("profile", "--executor", "nvidia", "--workload", `net=command:node ${worker} 1`, ...usual, ...words);
}

function machineWith(...cards: readonly FakeCard[]): FakeCards {
  const fake = makeFakeCards(
    folder,
    cards.map((card, i) => ({ ...card, uuid: ownUuid(i + 1) })),
  );
  mkdirSync(join(folder, "lib"));
  symlinkSync(fake.library, join(folder, "lib", "libnvidia-ml.so.1"));
  return fake;
}

const settingsOf = (fake: FakeCards) => changeable.map((name) => fake.number(0, name));

function rows() {
  return loadProfile(join(folder, "out"))
    .measurements.filter(({ baseline }) => !baseline)
    .map(({ point, outcome, mechanism }) => ({
      what: [point.config, ...point.neighbours].map(formatConfig).join(" beside "),
      outcome: outcome.kind,
      mechanism,
    }));
}

describe.skipIf(noCompiler !== undefined)("profile --executor nvidia", () => {
  test("measures the card whole, in shares alone and in pairs, in green contexts and in power modes, and puts all back", async () => {
    const fake = machineWith({
      ...fakeH100,
      clocks: [{ mhz: 2619, gpu_least_mhz: 1200, gpu_most_mhz: 1980, gpu_step_mhz: 780 }],
    });
    const before = settingsOf(fake);
    const mode = "450w-gpu1980-mem2619";
    const { code, stderr } = await profileOn(
      ...["--partitions", "whole,mps-share:0.5,green-context:16", "--beside", "net mps-share:0.5 1"],
      ...["--power-modes", `default,${mode}`],
    );
    expect(stderr).toContain("made 10 measurements");
    expect(code).toBe(0);
    const found = rows();
    expect(found.map(({ what }) => what).sort()).toEqual(
      ["default", mode]
        .flatMap((each) => [
          `net ${each} green-context:16 batch 1`,
          `net ${each} mps-share:0.5 batch 1`,
          `net ${each} mps-share:0.5 batch 1 beside net ${each} mps-share:0.5 batch 1`,
          `net ${each} whole batch 1`,
        ])
        .sort(),
    );
    expect(new Set(found.map(({ outcome }) => outcome))).toEqual(new Set(["measured"]));
    expect(new Set(found.map(({ mechanism }) => mechanism))).toEqual(
      new Set(["whole card", "MPS, 50 % of active threads", "green context of 16 multiprocessors, made by the worker"]),
    );
    expect(settingsOf(fake)).toEqual(before);
    expect(readdirSync(folder).filter((name) => name.startsWith("partitune-mps"))).toEqual([]);
  }, 120_000);

  test("measures MIG instances that exist", async () => {
    machineWith(fakeMigH100);
    const { code, stderr } = await profileOn("--partitions", "mig:3g.40gb,mig:1g.10gb");
    expect([code, stderr]).toEqual([0, expect.stringContaining("made 4 measurements")]);
    expect(
      rows()
        .map(({ what, outcome }) => `${what}: ${outcome}`)
        .sort(),
    ).toEqual(["net default mig:1g.10gb batch 1: measured", "net default mig:3g.40gb batch 1: measured"]);
  }, 60_000);

  test("says in one line which rights a power mode needs", async () => {
    const fake = machineWith(fakeH100);
    fake.setDriver({ privileged: 0 });
    const withoutRights = await profileOn("--power-modes", "450w-gpu1980-mem2619");
    expect(withoutRights.stderr).toMatch(/power limit.*insufficient permission.*run as root/);
    expect(withoutRights.code).toBe(2);
  }, 60_000);

  test("says what is missing where there is no driver", async () => {
    const { code, stderr } = await profileOn();
    expect(code).toBe(2);
    expect(stderr).toMatch(/the NVIDIA driver cannot be reached: /);
  }, 30_000);
});

describe.skipIf(noCompiler !== undefined)("record on a card", () => {
  test("has the whole card, its contexts and pairs on its shares; the settings are as before", async () => {
    const fake = machineWith(fakeH100);
    const before = settingsOf(fake);
    const words = [
      "--workload",
      `net=command:node ${worker} 1`,
      "--batches",
      "1",
      "--rounds",
      "1",
      "--budget-s",
      "none",
      "--out",
      "out",
    ];
    const { code, stderr } = await partitune("record", ...words);
    expect([code, stderr]).toEqual([0, expect.stringContaining("recorded all of it in out")]);
    const kinds = new Set(rows().map(({ what }) => what.replaceAll(/net default | batch 1/g, "")));
    expect(kinds).toEqual(
      new Set([
        "whole",
        ...["green-context:64", "green-context:32", "green-context:96", "green-context:16"],
        ...["mps-share:0.5", "mps-share:0.5 beside mps-share:0.5"],
      ]),
    );
    const readme = readFileSync(join(folder, "out", "README.md"), "utf8");
    expect(readme).toMatch(/^# out\n.*nothing in it is synthetic/s);
    expect(readme).toContain("its engine does not tell its operations");
    expect(settingsOf(fake)).toEqual(before);
  }, 120_000);

  test("that is cut into MIG instances has one of each size", async () => {
    machineWith(fakeMigH100);
    const words = [
      "--workload",
      `net=command:node ${worker} 1`,
      "--batches",
      "1",
      "--rounds",
      "1",
      "--budget-s",
      "none",
    ];
    const { code, stderr } = await partitune("record", ...words, "--out", "out");
    expect([code, stderr]).toEqual([0, expect.stringContaining("recorded all of it in out")]);
    expect(new Set(rows().map(({ what }) => what))).toEqual(
      new Set(["net default mig:3g.40gb batch 1", "net default mig:1g.10gb batch 1"]),
    );
  }, 120_000);
});

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Partition, parsePartition } from "@partitune/schema";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CardPlace } from "../../../packages/profiler/src/cardGovernors/cardPlace.ts";
import { chooseCardGovernor, governorsOf } from "../../../packages/profiler/src/cardGovernors/index.ts";
import type { PreparedPartition } from "../../../packages/profiler/src/governors/governor.ts";
import { mpsProcesses } from "../../../packages/profiler/src/mps/mpsProcesses.ts";
import { type FakePlace, fakePlace, ownUuid } from "../fixtures/fakePlace.ts";
import { noCompiler } from "../fixtures/nvml/buildFakeNvml.ts";
import { type FakeCard, type FakeCards, fakeH100, fakeMigH100, makeFakeCards } from "../fixtures/nvml/fakeCards.ts";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const uuid = ownUuid();
const plainCard: FakeCard = { ...fakeH100, uuid };
const migCard: FakeCard = { ...fakeMigH100, uuid };
const processes: ChildProcess[] = [];
const places: FakePlace[] = [];
let folder: string;
let fake: FakeCards;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(async () => {
  for (const each of processes.splice(0)) each.kill("SIGKILL");
  for (const each of places.splice(0)) await each.close();
  delete process.env.STAND_IN_MPS;
  delete process.env.STAND_IN_SMI;
});

async function open(card: FakeCard = plainCard, changes: Partial<CardPlace> = {}) {
  fake = makeFakeCards(folder, [card]);
  const place = await fakePlace(fake, folder, changes);
  places.push(place);
  const governors = governorsOf(place);
  return {
    place,
    admit: (text: string) => chooseCardGovernor(parsePartition(text), governors),
    async prepare(text: string, count = 1): Promise<PreparedPartition> {
      const partition: Partition = parsePartition(text);
      return (await chooseCardGovernor(partition, governors)).prepare(partition, count);
    },
  };
}

/** A process that counts as a client of the daemon in an environment. */
function becomeClient({ environment }: PreparedPartition): void {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  processes.push(child);
  writeFileSync(join(environment!.CUDA_MPS_PIPE_DIRECTORY!, `client-${child.pid}`), "");
}

/** A control daemon of MPS that is none of ours, as far as its command line tells. */
async function startForeign(environment: Readonly<Record<string, string>>): Promise<number> {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  const program = join(bin, "nvidia-cuda-mps-control");
  writeFileSync(program, "while sleep 0.2; do :; done\n");
  const child = spawn("sh", [program, "-d"], { env: environment, stdio: "ignore" });
  processes.push(child);
  await expect.poll(async () => (await mpsProcesses()).map(({ pid }) => pid)).toContain(child.pid);
  return child.pid!;
}

describe.skipIf(noCompiler !== undefined)("partitions of a card", () => {
  test("the whole card is seen by its UUID, and nothing else is set", async () => {
    const { prepare, place } = await open();
    const whole = await prepare("whole");
    expect(whole).toMatchObject({ mechanism: "whole card", environment: { CUDA_VISIBLE_DEVICES: uuid }, threads: 1 });
    expect(Object.keys(whole.environment!)).toEqual(["CUDA_VISIBLE_DEVICES"]);
    expect(place.restored.added).toEqual([]);
    expect((await prepare("whole", 3)).mechanism).toBe("whole card, 3 processes by time slicing");
  });

  test("an MPS share is a percentage of a private daemon, divided among its processes", async () => {
    const { prepare } = await open();
    const half = await prepare("mps-share:0.5");
    expect(half.environment).toMatchObject({ CUDA_VISIBLE_DEVICES: uuid, CUDA_MPS_ACTIVE_THREAD_PERCENTAGE: "50" });
    expect(half.environment!.CUDA_MPS_PIPE_DIRECTORY).toContain(folder);
    const third = await prepare("mps-share:0.33", 2);
    expect(third.environment).toMatchObject({
      CUDA_MPS_ACTIVE_THREAD_PERCENTAGE: "16",
      CUDA_MPS_PIPE_DIRECTORY: half.environment!.CUDA_MPS_PIPE_DIRECTORY,
    });
    expect(third.environment).not.toHaveProperty("CUDA_MPS_PINNED_DEVICE_MEM_LIMIT");
    await expect(prepare("mps-share:0.02", 3)).rejects.toThrow(/would get 0 % of the card/);
    await half.release();
    await third.release();
    expect(existsSync(half.environment!.CUDA_MPS_PIPE_DIRECTORY!)).toBe(false);
  });

  test("clients of MPS get a memory limit where one is asked for", async () => {
    const { prepare } = await open(plainCard, { clientMemoryBytes: 10 * 2 ** 30 });
    const share = await prepare("mps-share:0.25");
    expect(share.environment).toMatchObject({ CUDA_MPS_PINNED_DEVICE_MEM_LIMIT: "0=10240M" });
    expect(share.mechanism).toBe("MPS, 25 % of active threads, 10240 MiB of memory for each");
    await share.release();
  });

  test("beside shares, the whole card goes through their daemon; beside the whole card, no shares are given", async () => {
    const { prepare } = await open();
    const share = await prepare("mps-share:0.5");
    const whole = await prepare("whole");
    expect(whole.environment!.CUDA_MPS_PIPE_DIRECTORY).toBe(share.environment!.CUDA_MPS_PIPE_DIRECTORY);
    expect(whole.environment).not.toHaveProperty("CUDA_MPS_ACTIVE_THREAD_PERCENTAGE");
    await share.release();
    await whole.release();
    const alone = await prepare("whole");
    await expect(prepare("mps-share:0.5")).rejects.toThrow(/runs on .* without MPS/);
    await alone.release();
    await (await prepare("mps-share:0.5")).release();
  });

  test("a worker that is no client of the daemon is found out", async () => {
    const { prepare } = await open();
    const share = await prepare("mps-share:0.5", 2);
    becomeClient(share);
    await expect(share.check!()).rejects.toMatchObject({
      name: "WorkerFailure",
      message: expect.stringMatching(/2 processes were to be clients .* which has 1/),
    });
    becomeClient(share);
    await expect(share.check!()).resolves.toBeUndefined();
    await share.release();
  });

  test("an MPS daemon of somebody else that serves the card is a reason", async () => {
    const { admit } = await open();
    const foreign = await startForeign({ PATH: process.env.PATH!, CUDA_VISIBLE_DEVICES: "0" });
    await expect(admit("mps-share:0.5")).rejects.toThrow(
      new RegExp(`another MPS daemon serves ${uuid} \\(process ${foreign} of user`),
    );
    await expect(admit("whole")).resolves.toBeDefined();
  });

  test("one that serves another card is none", async () => {
    const { admit } = await open();
    await startForeign({ PATH: process.env.PATH!, CUDA_VISIBLE_DEVICES: "GPU-of-somebody-else" });
    await expect(admit("mps-share:0.5")).resolves.toBeDefined();
  });

  test.each([["refuses", /did not come up .*Cannot create socket: permission denied/]])(
    "a daemon that %s is a reason, and leaves nothing",
    async (fault, words) => {
      process.env.STAND_IN_MPS = fault;
      const { admit, place } = await open();
      await expect(admit("mps-share:0.5")).rejects.toThrow(words);
      expect(place.restored.steps).toEqual([]);
    },
  );

  test("without the control program there are no shares", async () => {
    const { admit } = await open(plainCard, { programs: { mps: undefined, smi: undefined } });
    await expect(admit("mps-share:0.5")).rejects.toThrow(/"nvidia-cuda-mps-control" is missing/);
    await expect(admit("sm-partition:16")).rejects.toThrow(/"nvidia-cuda-mps-control" is missing/);
  });

  test.each(["whole", "mps-share:0.5", "green-context:16", "sm-partition:16"])(
    "%s is refused on a card that prohibits processes, and on one with MIG, with what changes that",
    async (partition) => {
      const { admit } = await open({ ...plainCard, compute_mode: 2 });
      await expect(admit(partition)).rejects.toThrow(/prohibits all processes.*nvidia-smi -i GPU-\S+ -c DEFAULT/);
      fake.set(0, { compute_mode: 0, mig: 1 });
      await expect((await open(migCard)).admit(partition)).rejects.toThrow(
        /MIG is enabled.*choose mig:PROFILE.*-mig 0/,
      );
    },
  );

  test("several processes cannot take turns on a card in exclusive mode; they can share it through MPS", async () => {
    const { prepare } = await open({ ...plainCard, compute_mode: 3 });
    await expect(prepare("whole", 2)).rejects.toThrow(/compute mode lets one process use it; measure mps-share:1/);
    await (await prepare("mps-share:1", 2)).release();
    expect(fake.number(0, "compute_mode")).toBe(3);
  });

  test("a green context is asked of the worker, in the card's sizes, by a driver that has them", async () => {
    const { prepare, admit } = await open();
    expect(await prepare("green-context:16")).toMatchObject({
      multiprocessors: 16,
      environment: { CUDA_VISIBLE_DEVICES: uuid },
    });
    await expect(admit("green-context:12")).rejects.toThrow(/multiples of 8 multiprocessors, such as 8/);
    await expect(admit("green-context:136")).rejects.toThrow(/132/);
    const old = await open(plainCard, { driver: "535.54.03" });
    await expect(old.admit("green-context:16")).rejects.toThrow(
      /driver 535.54.03 has no green contexts; they need 550/,
    );
  });

  test("a static partition is made in a daemon of its own kind, and given back", async () => {
    const { prepare, admit } = await open();
    const first = await prepare("sm-partition:64");
    expect(first.environment).toMatchObject({ CUDA_MPS_SM_PARTITION: `${uuid}/Dx0/AAAA` });
    expect(first.mechanism).toBe("static MPS partition of 64 multiprocessors");
    const second = await prepare("sm-partition:64");
    await expect(admit("sm-partition:8")).rejects.toThrow(/has 0 chunks left/);
    await second.release();
    await (await prepare("sm-partition:8")).release();
    await expect(admit("mps-share:0.5")).rejects.toThrow(/has static partitions now/);
    await first.release();
  });

  test("an MPS daemon without static partitions is a reason", async () => {
    process.env.STAND_IN_MPS = "old";
    const { admit } = await open();
    await expect(admit("sm-partition:16")).rejects.toThrow(/version 12080; static partitions need 13010/);
  });

  test("a piece of a processor is none of a card", async () => {
    await expect((await open()).admit("cpu-share:0.5")).rejects.toThrow(/is a piece of a processor/);
  });
});

describe.skipIf(noCompiler !== undefined)("MIG instances", () => {
  const [big, small] = fakeMigH100.instances;

  test("are found by profile and place, each for one session at a time", async () => {
    const { prepare } = await open(migCard);
    const at = await prepare("mig:3g.40gb@0");
    expect(at).toMatchObject({
      mechanism: "MIG instance 3g.40gb at memory slice 0",
      environment: { CUDA_VISIBLE_DEVICES: big.uuid },
    });
    await expect(prepare("mig:3g.40gb")).rejects.toThrow(/no free MIG instance is a "mig:3g.40gb".*1 are in use/);
    expect((await prepare("mig:1g.10gb")).environment).toEqual({ CUDA_VISIBLE_DEVICES: small.uuid });
    await at.release();
    expect((await prepare("mig:3g.40gb")).environment).toEqual({ CUDA_VISIBLE_DEVICES: big.uuid });
  });

  test("are shared by several processes through a daemon of their own", async () => {
    const { prepare, place } = await open(migCard);
    const shared = await prepare("mig:3g.40gb", 2);
    expect(shared.mechanism).toBe("MIG instance 3g.40gb at memory slice 0, 2 processes through MPS");
    expect(place.daemons.serving(String(big.uuid))!.folder).toBe(shared.environment!.CUDA_MPS_PIPE_DIRECTORY);
    expect(shared.environment).toMatchObject({ CUDA_VISIBLE_DEVICES: big.uuid });
    await shared.release();
    expect(place.daemons.folders().size).toBe(0);
  });

  test("that are missing are refused with what makes them; so is a card without MIG, with what enables it", async () => {
    const { admit } = await open(migCard);
    await expect(admit("mig:2g.20gb")).rejects.toThrow(
      /only 3g.40gb at memory slice 0, 1g.10gb at memory slice 6; let it be made .* with --create-mig, or .*-cgi 14:4 -C/,
    );
    const off = await open();
    await expect(off.admit("mig:3g.40gb")).rejects.toThrow(
      /MIG is disabled.*nvidia-smi -i GPU-\S+ -mig 1.*reset.*booted/,
    );
  });

  test("are created where that is asked for, after how they are destroyed was written down, and destroyed afterwards", async () => {
    const { prepare, place, admit } = await open({ ...plainCard, mig: 1, mig_pending: 1 }, { createMig: true });
    await admit("mig:3g.40gb@4");
    expect(place.restored.added).toEqual([]);
    const made = await prepare("mig:3g.40gb@4");
    expect(made.environment).toEqual({ CUDA_VISIBLE_DEVICES: "MIG-bbbbbbbb-0000-0000-0000-000000000007" });
    expect(place.restored.steps.map(({ what }) => what)).toEqual([
      `MIG instance of profile 9 at memory slice 4 of ${uuid} is destroyed`,
    ]);
    await expect(prepare("mig:3g.40gb@4")).rejects.toThrow(/no free MIG instance|no memory slices are free/);
    await made.release();
    expect(await place.card.migInstances()).toEqual([]);
    expect(place.restored.steps).toEqual([]);
  });

  test("that cannot be created are a failure with the words of nvidia-smi", async () => {
    const { prepare, place } = await open({ ...plainCard, mig: 1, mig_pending: 1 }, { createMig: true });
    process.env.STAND_IN_SMI = "no-rights";
    await expect(prepare("mig:2g.20gb")).rejects.toThrow(/Insufficient Permissions\); it needs root/);
    expect(place.restored.steps).toEqual([]);
  });
});

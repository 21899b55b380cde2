import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MpsHost } from "../../../packages/profiler/src/mps/mpsDaemon.ts";
import { type MpsDaemons, mpsDaemons } from "../../../packages/profiler/src/mps/mpsDaemons.ts";
import { daemonProcesses } from "../../../packages/profiler/src/mps/mpsProcesses.ts";
import { type DirectRestoration, directRestoration } from "../fixtures/directRestoration.ts";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const program = join(import.meta.dirname, "../fixtures/cardPrograms/nvidia-cuda-mps-control");
const card = { uuid: "GPU-11111111-2222-3333-4444-555555555555", isStatic: false };

let restoration: DirectRestoration;
let daemons: MpsDaemons;
let host: MpsHost;
const clients: ChildProcess[] = [];

beforeEach(() => {
  restoration = directRestoration();
  host = { program, runFolder: temporaryFolder(), restoration: async () => restoration };
  daemons = mpsDaemons(() => host);
});

afterEach(async () => {
  for (const each of clients.splice(0)) each.kill("SIGKILL");
  delete process.env.STAND_IN_MPS;
  await daemons.close();
});

/** A process that counts as a client of a daemon. */
function becomeClient(folder: string): number {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  clients.push(child);
  writeFileSync(join(folder, `client-${child.pid}`), "");
  return child.pid!;
}

describe("daemons of MPS", () => {
  test("one daemon serves all sessions of a card and ends with the last, without a trace", async () => {
    const first = await daemons.join(card, 1, 48);
    const second = await daemons.join(card, 2, 48);
    expect(second.daemon).toBe(first.daemon);
    const { folder } = first.daemon;
    expect(first.daemon.environment).toMatchObject({
      CUDA_VISIBLE_DEVICES: card.uuid,
      CUDA_MPS_PIPE_DIRECTORY: folder,
    });
    expect(await daemonProcesses(folder)).toHaveLength(1);
    await first.release();
    await first.release();
    expect(daemons.serving(card.uuid)).toBe(first.daemon);
    await second.release();
    expect(daemons.serving(card.uuid)).toBeUndefined();
    expect(await daemonProcesses(folder)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
    expect(restoration.steps).toEqual([]);
  });

  test("how a daemon is ended is written down before its folder is there", async () => {
    const add = restoration.add.bind(restoration);
    const seen: boolean[] = [];
    host = {
      ...host,
      restoration: async () => ({
        ...restoration,
        add: async (step) => {
          seen.push(step.kind === "command" && existsSync(step.argv.at(-1)!));
          await add(step);
        },
      }),
    };
    await (await daemons.join(card, 1, 48)).release();
    expect(seen).toEqual([false]);
  });

  test("two cards have daemons of their own", async () => {
    const other = { uuid: "GPU-99999999-2222-3333-4444-555555555555", isStatic: false };
    const leases = [await daemons.join(card, 1, 48), await daemons.join(other, 1, 48)];
    expect(leases[0]!.daemon.folder).not.toBe(leases[1]!.daemon.folder);
    expect(daemons.folders().size).toBe(2);
    for (const lease of leases) await lease.release();
  });

  test("more clients than a server takes are refused, and no daemon stays for them", async () => {
    await expect(daemons.join(card, 49, 48)).rejects.toThrow(/takes 48 clients, and 49 processes/);
    expect(daemons.folders().size).toBe(0);
    const lease = await daemons.join(card, 47, 48);
    await expect(daemons.join(card, 2, 48)).rejects.toThrow(/takes 48 clients, and 49 processes/);
    await lease.release();
  });

  test("shares and static partitions exclude each other on a card", async () => {
    const lease = await daemons.join(card, 1, 48);
    await expect(daemons.join({ ...card, isStatic: true }, 1, 48)).rejects.toThrow(/has shares now/);
    await lease.release();
  });

  test("a daemon that refuses to start is a failure with its words, and leaves nothing", async () => {
    process.env.STAND_IN_MPS = "refuses";
    await expect(daemons.join(card, 1, 48)).rejects.toMatchObject({
      name: "WorkerFailure",
      message: expect.stringMatching(/did not come up .*Cannot create socket: permission denied/),
    });
    expect(restoration.steps).toEqual([]);
    expect(daemons.folders().size).toBe(0);
  });

  test("a daemon that dies is a failure with the last words of its log", async () => {
    const lease = await daemons.join(card, 1, 48);
    const [pid] = await daemonProcesses(lease.daemon.folder);
    process.kill(pid!, "SIGKILL");
    await expect.poll(() => daemonProcesses(lease.daemon.folder)).toEqual([]);
    await expect(lease.daemon.clients()).rejects.toMatchObject({
      name: "WorkerFailure",
      message: expect.stringMatching(/does not answer .*Control daemon started for GPU-11111111/),
    });
    await lease.release();
    expect(existsSync(lease.daemon.folder)).toBe(false);
  });

  test("a daemon tells its clients", async () => {
    const { daemon, release } = await daemons.join(card, 1, 48);
    expect(await daemon.clients()).toEqual([]);
    const pid = becomeClient(daemon.folder);
    expect(await daemon.clients()).toEqual([pid]);
    await release();
  });

  test("a daemon whose clients and answers hang is ended all the same", async () => {
    const { daemon, release } = await daemons.join(card, 1, 48);
    process.env.STAND_IN_MPS = "silent"; // it answers nobody any more, "quit" included
    await release();
    expect(await daemonProcesses(daemon.folder)).toEqual([]);
    expect(existsSync(daemon.folder)).toBe(false);
  }, 20_000);

  test("a folder whose path is too long for sockets is refused", async () => {
    const runFolder = join(temporaryFolder(), "x".repeat(80));
    mkdirSync(runFolder);
    host = { ...host, runFolder };
    await expect(daemons.join(card, 1, 48)).rejects.toMatchObject({
      name: "InputError",
      message: /too long for the sockets.*TMPDIR/,
    });
    expect(restoration.added).toEqual([]);
  });
});

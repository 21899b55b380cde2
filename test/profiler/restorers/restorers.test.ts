import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { RestoreStep } from "@partitune/profiler";
import { afterEach, describe, expect, test } from "vitest";
import { readProcessStat } from "../../../packages/profiler/src/readProcessStat.ts";
import { putBack } from "../../../packages/profiler/src/restore/putBack.ts";
import { restorers } from "../../../packages/profiler/src/restorers/index.ts";
import type { Restorer, RestoreWorld } from "../../../packages/profiler/src/restorers/restorer.ts";
import { noCompiler } from "../fixtures/nvml/buildFakeNvml.ts";
import { fakeH100, makeFakeCards } from "../fixtures/nvml/fakeCards.ts";
import { isAlive } from "../fixtures/restoring/changer.ts";
import { testWorld } from "../fixtures/restoring/testWorld.ts";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const world = testWorld();

/** Puts one step back; undefined when it is back, else why not. */
async function restore(step: RestoreStep, where: RestoreWorld = world): Promise<string | undefined> {
  const [outcome] = await putBack([{ number: 1, step }], where, () => {});
  return outcome!.reason;
}

function doubt(step: RestoreStep): Promise<string | undefined> {
  const restorer: Restorer<RestoreStep> = restorers[step.kind];
  return restorer.doubt(step, world);
}

describe("a file", () => {
  const step = (path: string, text: string): RestoreStep => ({ kind: "file", what: "a setting", path, text });

  test("gets its former text, and gets it once", async () => {
    const path = join(temporaryFolder(), "it's $(touch x) `here`");
    writeFileSync(path, "performance, and more than before");
    expect(await restore(step(path, "schedutil\n"))).toBeUndefined();
    expect(readFileSync(path, "utf8")).toBe("schedutil\n");
    chmodSync(path, 0o444);
    expect(await restore(step(path, "schedutil"))).toBeUndefined(); // back already, so that no right is needed
  });

  test("that lists its choices has the one in brackets", async () => {
    const path = join(temporaryFolder(), "enabled");
    writeFileSync(path, "always [madvise] never\n");
    expect(await restore(step(path, "madvise"))).toBeUndefined();
    expect(readFileSync(path, "utf8")).toBe("always [madvise] never\n");
  });

  test("that is gone is not made anew", async () => {
    const path = join(temporaryFolder(), "gone");
    expect(await restore(step(path, "1"))).toMatch(/ENOENT/);
    expect(existsSync(path)).toBe(false);
  });

  test("that takes the text but keeps its own is left with what it reads", async () => {
    // Discards whatever is written, as a driver that clamps a value.
    expect(await restore(step("/dev/null", "schedutil"))).toBe('it reads ""');
  });
});

describe("a folder", () => {
  const step = (path: string): RestoreStep => ({ kind: "folder", what: "a folder", path });

  test("goes with everything in it, but nothing that it only points to", async () => {
    const parent = temporaryFolder();
    const [made, kept] = [join(parent, "pipes; rm -rf"), join(parent, "kept")];
    mkdirSync(join(made, "deep"), { recursive: true });
    mkdirSync(kept);
    writeFileSync(join(kept, "file"), "");
    symlinkSync(kept, join(made, "deep", "link"));
    expect(await restore(step(made))).toBeUndefined();
    expect(existsSync(made)).toBe(false);
    expect(existsSync(join(kept, "file"))).toBe(true);
    expect(await restore(step(made))).toBeUndefined();
  });

  test("that is a link or a file was not made by us, and stays", async () => {
    const parent = temporaryFolder();
    symlinkSync(parent, join(parent, "link"));
    writeFileSync(join(parent, "file"), "");
    expect(await restore(step(join(parent, "link")))).toBe("it is no folder");
    expect(await restore(step(join(parent, "file")))).toBe("it is no folder");
  });

  test.each(["/tmp", homedir(), `${homedir()}/../${homedir()}`, "/tmp/x/"])("%s is never removed", async (path) => {
    expect(await doubt(step(path))).toEqual(expect.any(String));
    if (existsSync(path)) expect(await restore(step(path))).toEqual(expect.any(String));
  });
});

describe("a process", () => {
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill("SIGKILL");
  });

  /** Starts a shell as the leader of a group, and waits until it has said something. */
  async function start(script: string, detached = true): Promise<ChildProcess & { readonly pid: number }> {
    const child = spawn("sh", ["-c", script], { detached, stdio: ["ignore", "pipe", "ignore"] });
    started.push(child);
    await once(child.stdout!, "data");
    return child as ChildProcess & { readonly pid: number };
  }

  async function stepOf(pid: number): Promise<RestoreStep> {
    const { startTicks } = (await readProcessStat(pid))!;
    return { kind: "process", what: "a worker", pid, startTicks };
  }

  test("ends with all of its group, even stopped or deaf to SIGTERM", async () => {
    const child = await start(`trap '' TERM; sh -c 'trap "" TERM; echo $$; sleep 600' & kill -STOP $$`);
    const step = await stepOf(child.pid);
    expect(await restore(step)).toBeUndefined();
    expect(isAlive(child.pid)).toBe(false);
    expect(await restore(step)).toBeUndefined();
  });

  test("that leads no group ends alone", async () => {
    const child = await start("echo; exec sleep 600", false);
    expect(await restore(await stepOf(child.pid))).toBeUndefined();
    expect(child.signalCode ?? "SIGTERM").toBe("SIGTERM");
    expect(isAlive(process.pid)).toBe(true);
  });

  test("with the number but not the start of the step is a stranger's, and goes on", async () => {
    const child = await start("echo; exec sleep 600");
    const step = await stepOf(child.pid);
    expect(await restore({ ...step, startTicks: 1 } as RestoreStep)).toBeUndefined();
    expect(await restore(step, testWorld({ sameBoot: false }))).toBeUndefined();
    expect(isAlive(child.pid)).toBe(true);
  });

  test("that has ended before those of its group leaves them to the user, who is told their numbers", async () => {
    const child = await start("sleep 600 & echo $!");
    const step = { ...(await stepOf(process.pid)), pid: child.pid } as RestoreStep;
    await expect.poll(() => child.exitCode).toBe(0);
    expect(await restore(step)).toMatch(
      /^it has ended, but process (\d+) of its group did not and cannot be told from a stranger's; if yours, end them with: kill \1$/,
    );
    process.kill(-child.pid, "SIGKILL");
    await expect.poll(() => restore(step)).toBeUndefined();
  });
});

describe("a program", () => {
  const step = (argv: readonly [string, ...string[]], rest: Partial<Extract<RestoreStep, { kind: "command" }>> = {}) =>
    ({ kind: "command", what: "a mode", argv, ...rest }) satisfies RestoreStep;

  /** A stand-in for nvpmodel: sets a mode, tells it, and writes down what it was given. */
  function modeProgram(): { readonly program: string; readonly folder: string } {
    const folder = temporaryFolder();
    const program = join(folder, "nvpmodel");
    const script = `#!/bin/sh\ncd "${folder}"\nif [ "$1" = -q ]; then echo "NV Power Mode: $(cat mode)"; exit; fi
printf '%s|' "$@" "$EXTRA" "$(cat)" >> calls; [ "$2" = 9 ] && exit 3; printf %s "$2" > mode\n`;
    writeFileSync(program, script, { mode: 0o755 });
    writeFileSync(join(folder, "mode"), "2");
    return { program, folder };
  }

  test("gets its words, its environment and its input as they are, without a shell", async () => {
    const { program, folder } = modeProgram();
    const given = step([program, "-m", "$(id); 'x' *"], { environment: { EXTRA: "a b" }, input: "no\n" });
    expect(await restore(given)).toBeUndefined();
    expect(readFileSync(join(folder, "calls"), "utf8")).toBe("-m|$(id); 'x' *|a b|no|");
  });

  test("is not run when the setting reads back already, and what it reads decides, not its exit code", async () => {
    const { program, folder } = modeProgram();
    const readBack = { argv: [program, "-q"] as const, expected: "Power Mode: 2" };
    expect(await restore(step([program, "-m", "9"], { readBack }))).toBeUndefined();
    expect(existsSync(join(folder, "calls"))).toBe(false);
    writeFileSync(join(folder, "mode"), "0");
    expect(await restore(step([program, "-m", "9"], { readBack }))).toBe(
      `"${program} -m 9" ended with exit code 3 and printed nothing`,
    );
    expect(await restore(step([program, "-m", "1"], { readBack }))).toBe(
      `"${program} -q" ended with exit code 0 and printed "NV Power Mode: 1"`,
    );
    expect(await restore(step([program, "-m", "2"], { readBack }))).toBeUndefined();
  });

  test("that does not end is killed with all it started", async () => {
    const folder = temporaryFolder();
    const patience = { ...world.patience, commandSeconds: 0.3 };
    const script = `echo $$ > ${folder}/pid; sleep 600 & wait`;
    expect(await restore(step(["sh", "-c", script]), testWorld({ patience }))).toMatch(
      /was killed, since it did not end/,
    );
    expect(isAlive(Number(readFileSync(join(folder, "pid"), "utf8")))).toBe(false);
  });

  test("may leave a daemon behind that keeps its output open", async () => {
    const folder = temporaryFolder();
    expect(await restore(step(["sh", "-c", `sleep 600 & echo $! > ${folder}/pid`]))).toBeUndefined();
    process.kill(Number(readFileSync(join(folder, "pid"), "utf8")), "SIGKILL");
  });

  test("that is missing is told before anything is changed, and when it is missed", async () => {
    expect(await doubt(step(["no-such-program"]))).toBe('program "no-such-program" is not found, or may not be run');
    expect(await doubt(step(["bin/true"]))).toBe('program "bin/true" is named by a path that is not absolute');
    expect(await doubt(step(["true"], { readBack: { argv: ["nope"], expected: "x" } }))).toMatch(/"nope" is not found/);
    expect(await doubt(step(["true"]))).toBeUndefined();
    expect(await restore(step(["no-such-program"]))).toMatch(/ENOENT/);
  });

  test("for which the device must be reset or the machine restarted is named, and not run", async () => {
    const { program, folder } = modeProgram();
    const readBack = { argv: [program, "-q"] as const, expected: "Power Mode: 0" };
    const given = step([program, "-m", "0"], { readBack, needs: "reboot" });
    expect(await restore(given)).toBe(
      `it needs a restart of the machine, which is never done by itself ("${program} -q" ended with exit code 0 and printed "NV Power Mode: 2"); run "${program} -m 0", then restart it and restore again`,
    );
    expect(existsSync(join(folder, "calls"))).toBe(false);
    writeFileSync(join(folder, "mode"), "0");
    expect(await restore(given)).toBeUndefined();
    expect(await doubt(step([program, "-m", "0"], { needs: "reset" }))).toMatch(/must say how it is read back/);
  });

  test("for which nothing may run on the device is tried, and its failure says so", async () => {
    expect(await restore(step(["false"], { needs: "drained" }))).toMatch(
      /^"false" ended with exit code 1 .*nothing may run on the device: end what does, then restore again/,
    );
    expect(await restore(step(["true"], { needs: "drained" }))).toBeUndefined();
  });
});

describe.skipIf(noCompiler !== undefined)(`a card ${noCompiler ?? ""}`, () => {
  const step = (setting: "power-limit-w" | "gpu-clock-hz" | "memory-clock-hz", value: number | null): RestoreStep => ({
    ...{ kind: "card", what: "a setting of a card", uuid: fakeH100.uuid },
    ...{ setting, value },
  });

  test("gets its power limit, its locks or their end, by its driver", async () => {
    const cards = makeFakeCards(temporaryFolder());
    const here = testWorld({}, cards.library);
    cards.set(0, { limit_mw: 300_000, locked_gpu_least_mhz: 1200, locked_gpu_most_mhz: 1200 });
    expect(await restore(step("power-limit-w", 650), here)).toBeUndefined();
    expect(await restore(step("gpu-clock-hz", null), here)).toBeUndefined();
    expect(await restore(step("memory-clock-hz", 1593e6), here)).toBeUndefined();
    expect(cards.number(0, "limit_mw")).toBe(650_000);
    expect(cards.number(0, "locked_gpu_most_mhz")).toBe(0);
    expect(cards.number(0, "locked_memory_most_mhz")).toBe(1593);
    expect(await restore(step("power-limit-w", null), here)).toBeUndefined();
    expect(cards.number(0, "limit_mw")).toBe(700_000);
  });

  test("with its power limit back is not touched, without rights for instance", async () => {
    const cards = makeFakeCards(temporaryFolder());
    const noPermission = 4;
    cards.setFaults([{ function: "nvmlDeviceSetPowerManagementLimit", code: noPermission }]);
    const here = testWorld({}, cards.library);
    expect(await restore(step("power-limit-w", 700), here)).toBeUndefined();
    expect(await restore(step("power-limit-w", 500), here)).toMatch(/power limit of 500 W was refused/);
    expect(cards.number(0, "changes")).toBe(0);
  });

  test("that the driver does not list, or without a driver, is left with the reason", async () => {
    const cards = makeFakeCards(temporaryFolder());
    const stranger = { ...step("power-limit-w", 700), uuid: "GPU-other" } as RestoreStep;
    expect(await restore(stranger, testWorld({}, cards.library))).toBe("the driver lists no card GPU-other");
    expect(await restore(step("power-limit-w", 700), testWorld({}, "/nowhere/libnvidia-ml.so.1"))).toMatch(
      /NVIDIA driver/,
    );
  });
});

describe("putting back", () => {
  test("stops the loads first, then goes backwards, and a failure stops nothing", async () => {
    const folder = temporaryFolder();
    const log = join(folder, "log");
    const says = (what: string, then = "true"): RestoreStep => ({
      ...{ kind: "command", what },
      argv: ["sh", "-c", 'echo "$1" >> "$0"; $2', log, what, then],
    });
    const child = spawn("sh", ["-c", `trap 'echo load >> ${log}; exit' TERM; echo; while :; do sleep 0.01; done`], {
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    await once(child.stdout, "data");
    const { startTicks } = (await readProcessStat(child.pid!))!;
    const load: RestoreStep = { kind: "process", what: "load", pid: child.pid!, startTicks };
    const steps = [says("first"), load, says("second", "false"), says("third")];
    const told: string[] = [];
    const outcomes = await putBack(
      steps.map((step, number) => ({ number, step })),
      testWorld({ patience: { ...world.patience, endSeconds: 20 } }),
      ({ step }) => told.push(step.what),
    );
    expect(readFileSync(log, "utf8").trim().split("\n")).toEqual(["load", "third", "second", "first"]);
    expect(told).toEqual(["load", "third", "second", "first"]);
    expect(outcomes.filter(({ reason }) => reason !== undefined).map(({ step }) => step.what)).toEqual(["second"]);
  });
});

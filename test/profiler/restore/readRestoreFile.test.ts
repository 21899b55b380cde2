import { chmodSync, chownSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { pendingRestorations, type RestoreStep, refuseLeftover, restoreLeft } from "@partitune/profiler";
import { InputError } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readProcessStat } from "../../../packages/profiler/src/readProcessStat.ts";
import { readRestoreFile } from "../../../packages/profiler/src/restore/readRestoreFile.ts";
import { headerLine, leftFile, noProcess } from "../fixtures/restoring/leftFile.ts";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const at = "2026-01-01T00:00:00Z";
const ownStartTicks = (await readProcessStat(process.pid))!.startTicks;
const step: RestoreStep = { kind: "file", what: "governor", path: "/sys/devices/governor", text: "schedutil\n" };
const stepLine = { type: "step", at, number: 1, step };

function read(lines: readonly unknown[], end = "\n") {
  const file = join(temporaryFolder(), "restore.jsonl");
  const texts = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  writeFileSync(file, texts.join("\n") + end, { mode: 0o600 });
  return readRestoreFile(file);
}

describe("a restore file", () => {
  test("says what is not known to be back, in order, and why", () => {
    const second = { ...stepLine, number: 2, step: { ...step, what: "clock" } };
    const third = { ...stepLine, number: 3, step: { ...step, what: "power" } };
    const outcomes = [
      { type: "left", at, number: 1, reason: "EACCES" },
      { type: "restored", at, number: 2 },
    ];
    const record = read([
      headerLine(),
      stepLine,
      second,
      third,
      { type: "closed", at, reason: "released" },
      ...outcomes,
    ]);
    expect(record).toMatchObject({ closed: "released", surrendered: undefined, header: { device: "GPU-1" } });
    expect(record!.outstanding).toEqual([
      { number: 1, step, reason: "EACCES" },
      { number: 3, step: third.step, reason: undefined },
    ]);
  });

  test("that is not there says nothing", () => {
    expect(readRestoreFile(join(temporaryFolder(), "restore.jsonl"))).toBeUndefined();
  });

  test("torn at any byte of its last line is read without it, since nothing was changed before that line was whole", () => {
    const text = JSON.stringify(stepLine);
    for (let length = 0; length <= text.length; length++)
      expect(read([headerLine(), text.slice(0, length)], "")!.outstanding).toEqual([]);
    expect(read([headerLine(), text])!.outstanding.length).toBe(1);
  });

  test("counts a step as one that was written again by the next guard", () => {
    expect(read([headerLine(), stepLine, stepLine])!.outstanding.length).toBe(1);
  });

  test.each([
    ["without a header", [stepLine], 1, "is no header"],
    ["that is empty", [], 1, "the header of a restore file was expected"],
    ["of a newer version", [{ ...headerLine(), version: 2 }], 1, "newer version than this partitune reads"],
    ["with two headers", [headerLine(), headerLine()], 2, "is a second header"],
    ["with a torn line inside", [headerLine(), '{"type":"st', stepLine], 2, "is not JSON"],
    ["of an unknown kind of line", [headerLine(), { type: "shell", run: "reboot" }], 2, 'wrong field "type"'],
    [
      "with an outcome of nothing",
      [headerLine(), { type: "restored", at, number: 7 }],
      2,
      "step 7, which was not recorded",
    ],
    ["with a relative path", [headerLine(), { ...stepLine, step: { ...step, path: "../x" } }], 2, "an absolute path"],
    [
      "with a NUL in a path",
      [headerLine(), { ...stepLine, step: { ...step, path: "/sys/\0/x" } }],
      2,
      'wrong field "step.path"',
    ],
    [
      "that would end every process",
      [headerLine(), { ...stepLine, step: { kind: "process", what: "x", pid: -1, startTicks: 0 } }],
      2,
      'wrong field "step.pid"',
    ],
    [
      "with a field that nobody knows",
      [headerLine(), { ...stepLine, step: { ...step, shell: true } }],
      2,
      'wrong field "step"',
    ],
  ])("%s is refused with the line's number, and nothing of it is carried out", (_, lines, line, words) => {
    expect(() => read(lines)).toThrow(InputError);
    expect(() => read(lines, lines.length === 0 ? "" : "\n")).toThrow(
      new RegExp(
        `restore.jsonl line ${line}: the line .*${words.replaceAll(/[.()]/g, "\\$&")}.*nothing of the file is carried out`,
      ),
    );
  });

  test("of any text is read or refused, never a crash", () => {
    const line = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom(JSON.stringify(headerLine()), JSON.stringify(stepLine)),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
        try {
          read(lines);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("a restore file that others may have written is not carried out:", () => {
  const isRoot = process.geteuid?.() === 0;
  const untrusted = (file: string) => {
    expect(() => readRestoreFile(file)).toThrow(
      /names programs to run, so nothing of it is carried out; let its owner/,
    );
  };

  test("one that its group may write to", () => {
    const { file } = leftFile(temporaryFolder(), "GPU-1", [step]);
    chmodSync(file, 0o660);
    untrusted(file);
  });

  test("one in a folder that everybody may write to", () => {
    const { file, folder } = leftFile(temporaryFolder(), "GPU-1", [step]);
    chmodSync(folder, 0o777);
    untrusted(file);
  });

  test("one that is a link, a folder", () => {
    const { file, folder } = leftFile(temporaryFolder(), "GPU-1", [step]);
    const link = join(folder, "link.jsonl");
    symlinkSync(file, link);
    untrusted(link);
    untrusted(folder);
  });

  test.skipIf(!isRoot)("one of another user (needs root to make one)", async () => {
    const parent = temporaryFolder();
    const { file } = leftFile(parent, "GPU-1", [step]);
    chownSync(file, 12_345, 12_345);
    untrusted(file);
    await expect(refuseLeftover("GPU-1", parent)).rejects.toThrow(/belongs to user 12345/);
  });
});

describe("what was left", () => {
  test("by a process of an earlier boot is no stranger's process now, and its other settings are put back", async () => {
    const parent = temporaryFolder();
    const path = join(parent, "governor");
    writeFileSync(path, "performance");
    // A process that runs, with the number and the start that the file names, but of another boot.
    const steps: readonly RestoreStep[] = [
      { kind: "process", what: "worker", pid: process.pid, startTicks: ownStartTicks },
      { kind: "file", what: "governor", path, text: "schedutil" },
    ];
    leftFile(parent, "GPU-1", steps, { pid: process.pid, host: hostname(), began: `another boot ${ownStartTicks}` });
    const [pending] = await pendingRestorations(parent);
    expect(pending!.state).toBe("left");
    expect((await restoreLeft(pending!.paths)).left).toEqual([]);
    expect(await pendingRestorations(parent)).toEqual([]);
  });

  test("on another machine cannot be judged here", async () => {
    const parent = temporaryFolder();
    leftFile(parent, "GPU-1", [step], { pid: noProcess, host: "elsewhere", began: "" });
    await expect(refuseLeftover("GPU-1", parent)).rejects.toThrow(/is in use by process \d+ on elsewhere/);
  });
});

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { InputError } from "@partitune/schema";
import { expect, test } from "vitest";
import { lockFolder } from "../../packages/profiler/src/lockFolder.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

/** No process has this number: the largest is 2^22 on Linux. */
const noProcess = 2 ** 22 + 1;

function lockOf(folder: string): string {
  return join(folder, "journal.lock");
}

test("a folder is taken once, and again when it was given back", async () => {
  const folder = temporaryFolder();
  const unlock = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toThrow(InputError);
  await expect(lockFolder(folder)).rejects.toThrow(new RegExp(`is being profiled into by process ${process.pid}`));
  await unlock();
  await unlock();
  expect(existsSync(lockOf(folder))).toBe(false);
  await (await lockFolder(folder))();
});

test.each([
  ["a process that has ended", { pid: noProcess, host: hostname(), began: "" }],
  ["another process that had the same number", { pid: process.pid, host: hostname(), began: "an earlier boot 17" }],
  ["nobody that can be understood", "x"],
])("the lock of %s is taken over", async (_, content) => {
  const folder = temporaryFolder();
  writeFileSync(lockOf(folder), JSON.stringify(content));
  const unlock = await lockFolder(folder);
  expect(JSON.parse(readFileSync(lockOf(folder), "utf8"))).toMatchObject({ pid: process.pid });
  await unlock();
});

test("a holder on another machine cannot be asked and keeps its lock", async () => {
  const folder = temporaryFolder();
  writeFileSync(lockOf(folder), JSON.stringify({ pid: noProcess, host: "elsewhere", began: "" }));
  await expect(lockFolder(folder)).rejects.toThrow(/process \d+ on elsewhere; .*delete ".*journal.lock"/);
});

test("of many that find an ended holder at once, one gets the folder", async () => {
  for (let i = 0; i < 20; i++) {
    const folder = temporaryFolder();
    writeFileSync(lockOf(folder), JSON.stringify({ pid: noProcess, host: hostname(), began: "" }));
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => lockFolder(folder)));
    expect(tries.filter((each) => each.status === "fulfilled").length).toBeLessThanOrEqual(1);
  }
});

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readAllowedCores, readBusyCpu, readThrottleEvents } from "../../../packages/profiler/src/meters/index.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "partitune-proc-"));
  await mkdir(join(root, "proc/self"), { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

test("work of the allowed cores counts, idle and waiting do not, stolen time does", async () => {
  await writeFile(join(root, "proc/self/status"), "Name:\tnode\nCpus_allowed_list:\t0,2-3\n");
  const lines = [
    "cpu  1 1 1 1 1 1 1 1 1 1",
    "cpu0 100 20 30 4000 500 6 7 80 9 10",
    "cpu1 900 900 900 900 900 900 900 900 900 900",
    "cpu2 0 0 100 0 0 0 0 0 0 0",
    "intr 17",
  ];
  await writeFile(join(root, "proc/stat"), `${lines.join("\n")}\n`);
  expect([...(await readAllowedCores(root))]).toEqual([0, 2, 3]);
  expect(await readBusyCpu(root)).toEqual({ value: (100 + 20 + 30 + 6 + 7 + 80 + 100) / 100 });
});

test("without /proc there is a reason instead", async () => {
  expect(await readBusyCpu(root)).toMatchObject({ value: null, reason: expect.stringContaining("does not exist") });
});

test("throttle events of all cores add up; without any there is a reason", async () => {
  expect(await readThrottleEvents(root)).toMatchObject({ value: null, reason: expect.stringMatching(/no thermal/) });
  for (const [core, own, shared] of [
    ["cpu0", 3, 1],
    ["cpu1", 0, 1],
  ] as const) {
    const folder = join(root, "sys/devices/system/cpu", core, "thermal_throttle");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "core_throttle_count"), `${own}\n`);
    await writeFile(join(folder, "package_throttle_count"), `${shared}\n`);
  }
  await mkdir(join(root, "sys/devices/system/cpu/cpufreq"));
  expect(await readThrottleEvents(root)).toEqual({ value: 5 });
});

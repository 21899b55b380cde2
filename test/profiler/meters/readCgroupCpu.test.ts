import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readCgroupCpu } from "../../../packages/profiler/src/meters/index.ts";

let group = "";
beforeEach(async () => {
  group = await mkdtemp(join(tmpdir(), "partitune-group-"));
});
afterEach(() => rm(group, { recursive: true }));

test("version 2 tells microseconds", async () => {
  await writeFile(join(group, "cpu.stat"), "usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\nnr_periods 3\n");
  expect(await readCgroupCpu(group)).toEqual({ value: 1.5 });
});

test("version 1 tells nanoseconds", async () => {
  await writeFile(join(group, "cpu.stat"), "nr_periods 3\nnr_throttled 1\nthrottled_time 17\n");
  await writeFile(join(group, "cpuacct.usage"), "2500000000\n");
  expect(await readCgroupCpu(group)).toEqual({ value: 2.5 });
});

test("a group without either is null with the reason", async () => {
  expect(await readCgroupCpu(group)).toEqual({ value: null, reason: `${join(group, "cpuacct.usage")} does not exist` });
});

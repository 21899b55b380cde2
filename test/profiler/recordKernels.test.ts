import { readdirSync } from "node:fs";
import { recordKernels } from "@partitune/profiler";
import { checkFile } from "@partitune/schema";
import { afterEach, expect, test, vi } from "vitest";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const made = { tool: "test", at: "2026-01-01T00:00:00.000Z", seed: "1", inputs: [] };

afterEach(() => void vi.unstubAllEnvs());

test("a network of the zoo is recorded on this processor, run by run, the same operators in each", async () => {
  const zooFolder = temporaryFolder();
  const scratch = temporaryFolder();
  vi.stubEnv("TMPDIR", scratch);
  const trace = await recordKernels("zoo:tiny", { steps: 4, warmup: 2, threads: 1, zooFolder, made });
  checkFile(JSON.parse(JSON.stringify(trace)), "test", "kernel-trace");
  expect(trace).toMatchObject({ task: "zoo:tiny", format: "onnxruntime", gapsKnown: true, synthetic: false, made });
  expect(trace.steps).toHaveLength(4);
  expect(trace.between).toHaveLength(3);
  expect(trace.identities.length).toBeGreaterThan(2);
  for (const { identities, durations } of trace.steps) {
    expect(identities).toEqual(trace.steps[0]!.identities);
    expect(durations.every((time) => Number.isInteger(time / 1000))).toBe(true);
  }
  expect(new Set(trace.warnings.map(({ where }) => where))).toEqual(new Set(["zoo:tiny"]));
  expect(trace.dropped[0]).toEqual({ what: "runs skipped at the beginning", count: 2 });
  expect(readdirSync(scratch).filter((name) => name.startsWith("partitune-"))).toEqual([]);
});

test.each([
  [{ steps: 0 }, /steps 0 is no whole number from 1 on/],
  [{ warmup: -1 }, /warmup -1 is no whole number from 0 on/],
  [{ threads: 1.5 }, /threads 1.5 is no whole number from 1 on/],
  [{ batch: 0 }, /batch 0 is no whole number from 1 on/],
])("numbers out of range are refused before anything runs: %o", async (wrong, expected) => {
  await expect(recordKernels("zoo:tiny", { steps: 1, warmup: 0, threads: 1, made, ...wrong })).rejects.toThrow(
    expected,
  );
});

test("a network that the zoo lacks is refused", async () => {
  await expect(recordKernels("zoo:huge", { steps: 1, warmup: 0, threads: 1, made })).rejects.toThrow(
    /not a network of the zoo/,
  );
});

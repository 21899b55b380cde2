import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readKineto } from "../../../../packages/profiler/src/importers/kernels/kineto.ts";
import {
  type MultiprocessorLimits,
  multiprocessorsNeeded,
} from "../../../../packages/profiler/src/importers/kernels/multiprocessorsNeeded.ts";
import { root } from "../../../readSources.ts";
import { made } from "./syntheticKineto.ts";

const v100: MultiprocessorLimits = {
  threads: 2048,
  registers: 65_536,
  sharedMemoryBytes: 98_304,
  computeCapability: [7, 0],
};
const kernel = { blocks: 100, threadsPerBlock: 256, registersPerThread: 32, sharedMemoryBytes: 0 };

// CUDA Occupancy Calculator: active blocks of a multiprocessor
test.each([
  ["threads", kernel, v100, 8],
  ["threads in whole warps", { ...kernel, threadsPerBlock: 33 }, v100, 32],
  ["registers", { ...kernel, registersPerThread: 64 }, v100, 4],
  ["registers of whole warps, rounded down", { ...kernel, threadsPerBlock: 640, registersPerThread: 40 }, v100, 2],
  ["shared memory", { ...kernel, sharedMemoryBytes: 48 * 1024 }, v100, 2],
  ["shared memory, rounded down", { ...kernel, sharedMemoryBytes: 40 * 1024 }, v100, 2],
  ["blocks", { ...kernel, threadsPerBlock: 32 }, v100, 32],
  ["blocks of Turing", { ...kernel, threadsPerBlock: 32 }, { ...v100, computeCapability: [7, 5] as const }, 16],
  [
    "shared memory of which the system takes a part",
    { ...kernel, sharedMemoryBytes: 48 * 1024 },
    { ...v100, computeCapability: [8, 0] as const },
    1,
  ],
])("blocks on a multiprocessor are limited by %s", (_, resources, limits, fitting) => {
  expect(multiprocessorsNeeded({ ...resources, blocks: 1 }, limits)).toBe(1);
  expect(multiprocessorsNeeded({ ...resources, blocks: fitting }, limits)).toBe(1);
  expect(multiprocessorsNeeded({ ...resources, blocks: fitting + 1 }, limits)).toBe(2);
});

test("a block that fits nowhere, and no blocks, need nothing that can be said", () => {
  expect(multiprocessorsNeeded({ ...kernel, sharedMemoryBytes: 200_000 }, v100)).toBeNull();
  expect(multiprocessorsNeeded({ ...kernel, threadsPerBlock: 4096 }, v100)).toBeNull();
  expect(multiprocessorsNeeded({ ...kernel, blocks: 0 }, v100)).toBeNull();
});

const folder = join(root, "../shared/data");
const published = join(folder, "kineto/resnet50_num_workers_0/worker0.1623143089861.pt.trace.json.gz");

interface KernelEvent {
  readonly cat?: string;
  readonly args?: Readonly<Record<string, unknown>> & {
    readonly grid: readonly number[];
    readonly block: readonly number[];
  };
}

describe.skipIf(!existsSync(published))("a public trace (needs ../shared/data)", () => {
  // The profiler computes "est. achieved occupancy %" with CUDA's own occupancy calculator, warps of the blocks there are over 64.
  test("fits as many blocks on a multiprocessor as the profiler's own estimate of occupancy says", () => {
    const text = gunzipSync(readFileSync(published)).toString("utf8");
    const { traceEvents } = JSON.parse(text) as { readonly traceEvents: readonly KernelEvent[] };
    const kernels = traceEvents.filter(({ cat }) => cat?.toLowerCase() === "kernel").map(({ args }) => args!);
    const many = 1e6;
    for (const args of kernels) {
      const threadsPerBlock = args.block.reduce((a, b) => a * b);
      const resources = {
        threadsPerBlock,
        registersPerThread: args["registers per thread"] as number,
        sharedMemoryBytes: args["shared memory"] as number,
      };
      const fitting = Math.round(many / multiprocessorsNeeded({ ...resources, blocks: many }, v100)!);
      const blocks = Math.min(fitting, args["blocks per SM"] as number);
      const occupancy = (100 * blocks * Math.ceil(threadsPerBlock / 32)) / 64;
      expect(Math.abs(occupancy - (args["est. achieved occupancy %"] as number))).toBeLessThan(1);
    }
    expect(kernels.length).toBeGreaterThan(1000);
  });

  test("says what each kernel needs, and nothing of copies", async () => {
    const read = await readKineto(published, { task: "resnet", made });
    if (read.status === "empty") throw new Error(read.reason);
    const { identities, needs } = read.traces[0]!.trace;
    expect(needs).toHaveLength(identities.length);
    for (const [i, { grid }] of identities.entries()) {
      if (grid === null) expect(needs![i]).toBeNull();
      else expect(needs![i]).toBeLessThanOrEqual(grid[0] * grid[1] * grid[2]);
    }
    const convolution = identities.findIndex(({ name, grid }) => name.startsWith("volta_scudnn") && grid?.[0] === 3136);
    expect(needs![convolution]).toBe(784); // 3136 blocks, 4 of 128 threads and 125 registers on each
  });

  const rocm = join(folder, "hta/minitoy_train_mi250_rocm.json.gz");
  test.skipIf(!existsSync(rocm))("says nothing of needs where multiprocessors are divided differently", async () => {
    const read = await readKineto(rocm, { task: "rocm", made });
    if (read.status === "empty") throw new Error(read.reason);
    expect(read.traces.map(({ trace }) => trace.needs)).toEqual(read.traces.map(() => undefined));
  });
});

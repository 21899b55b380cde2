import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findPython } from "./findPython.ts";

const worker = fileURLToPath(new URL("../../../../packages/profiler/src/workers/pytorch", import.meta.url));
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const python = findPython();
const compiler = spawnSync("cc", ["--version"]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "partitune-cuda-"));
afterAll(() => rmSync(folder, { recursive: true }));
const driver = join(folder, "libcuda.so.1");
const oldDriver = join(folder, "libcuda-old.so.1");
const firstDriver = join(folder, "libcuda-first.so.1");

describe.skipIf(python === undefined || !compiler)("a green context (needs python3 and cc)", () => {
  beforeAll(() => {
    for (const [library, flags] of [
      [driver, []],
      [oldDriver, ["-DOLD_DRIVER"]],
      [firstDriver, ["-DFIRST_DRIVER"]],
    ] as const) {
      const made = spawnSync("cc", [
        "-shared",
        "-fPIC",
        "-Wall",
        "-Werror",
        ...flags,
        "-o",
        library,
        here("fakeCuda.c"),
      ]);
      expect(made.stderr.toString()).toBe("");
    }
  });

  /** What the worker's code made of so many multiprocessors, and the calls that the driver saw. */
  function make(multiprocessors: number, environment: Readonly<Record<string, string>> = {}) {
    const { stdout, stderr } = spawnSync(python!, [here("makeGreenContext.py"), worker, String(multiprocessors)], {
      encoding: "utf8",
      env: { ...process.env, PARTITUNE_CUDA_DRIVER: driver, ...environment },
    });
    return { made: JSON.parse(stdout) as Record<string, unknown>, calls: stderr.trim().split("\n") };
  }

  test.each([
    [8, 8],
    [1, 8],
    [20, 24],
    [128, 128],
    [129, 132],
    [132, 132],
  ])(
    "of %i multiprocessors of 132 has %i: what the driver can cut, and all where the rest is too small",
    (asked, got) => {
      expect(make(asked).made).toEqual({ multiprocessors: got, stream: "0x7fedcba987654320" });
    },
  );

  test("is cut, described, created, asked for its size and given a stream, in this order", () => {
    expect(make(16).calls).toEqual([
      "cuInit",
      "cuDeviceGet",
      "cuDeviceGetDevResource",
      "cuDevSmResourceSplitByCount",
      "cuDevResourceGenerateDesc",
      "cuGreenCtxCreate",
      "cuGreenCtxGetDevResource",
      "cuGreenCtxStreamCreate",
    ]);
  });

  test("gets its stream from drivers of CUDA 12.4 as the current context, and for no longer", () => {
    const environment = { PARTITUNE_CUDA_DRIVER: firstDriver };
    const { made, calls } = make(16, environment);
    expect(made).toEqual({ multiprocessors: 16, stream: "0x7fedcba987654320" });
    const last = ["cuCtxFromGreenCtx", "cuCtxPushCurrent_v2", "cuStreamCreate", "cuCtxPopCurrent_v2"];
    expect(calls.slice(-4)).toEqual(last);
    const failed = make(16, { ...environment, FAKE_CUDA_FAILS: "cuStreamCreate 2" });
    expect(failed.made).toMatchObject({ code: "out-of-memory" });
    expect(failed.calls.slice(-4)).toEqual(last);
  });

  test.each([
    ["more than there are", 140, {}, "failed", /140 multiprocessors does not fit: the card has 132; ask for fewer/],
    ["no whole number", 1.5, {}, "failed", /1\.5 is no number of multiprocessors/],
    ["fewer than asked for", 16, { FAKE_CUDA_KEEPS: "2" }, "failed", /has 14 multiprocessors, fewer than the 16/],
    [
      "an old driver",
      16,
      { PARTITUNE_CUDA_DRIVER: oldDriver },
      "failed",
      /need a driver of CUDA 12\.4 or newer: this one, of CUDA 12\.2, has no cuDeviceGetDevResource; update/,
    ],
    [
      "no driver",
      16,
      { PARTITUNE_CUDA_DRIVER: "/nowhere/libcuda.so.1" },
      "failed",
      /"\/nowhere\/libcuda\.so\.1" cannot be loaded \(.*\); install the NVIDIA driver/,
    ],
    [
      "no memory",
      16,
      { FAKE_CUDA_FAILS: "cuGreenCtxCreate 2" },
      "out-of-memory",
      /cuGreenCtxCreate failed: CUDA_ERROR_OUT_OF_MEMORY 2 out of memory/,
    ],
    [
      "another failure",
      16,
      { FAKE_CUDA_FAILS: "cuDevSmResourceSplitByCount 1" },
      "failed",
      /SplitByCount failed: CUDA_ERROR_INVALID_VALUE 1 invalid argument/,
    ],
  ] as const)("%s is one clear error", (_, asked, environment, code, words) => {
    expect(make(asked, environment).made).toEqual({ code, message: expect.stringMatching(words) });
  });
});

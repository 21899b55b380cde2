import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadProfile } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { findPython } from "../profiler/workers/pytorch/findPython.ts";
import { runCli } from "./fixtures/runCli.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

const python = findPython("torch", "torchvision");
const folder = temporaryFolder();

describe.skipIf(python === undefined)("networks of PyTorch from the command line (needs torchvision)", () => {
  test("steps of training are measured on a share of this processor", async () => {
    const out = join(folder, "profile");
    const { code } = await runCli(
      ...[
        "profile",
        "--workload",
        "learn=pytorch:torchvision:squeezenet1_0",
        "--training",
        "learn",
        "--python",
        python!,
      ],
      ...["--shape", "input=3x64x64", "--shares", "0.5", "--batches", "2", "--protocol", "quick"],
      ...["--rounds", "1", "--budget-s", "0.2", "--out", out],
    );
    expect(code).toBe(0);
    const { workloads, measurements } = loadProfile(out);
    expect(workloads).toMatchObject([{ name: "learn", task: "training", engine: { engine: "pytorch", python } }]);
    const outcomes = measurements.map(({ point, outcome }) => [point.config.partition.kind, outcome.kind]);
    expect(outcomes).toEqual([
      ["whole", "measured"],
      ["cpu-share", "measured"],
      ["whole", "measured"],
    ]);
  });

  test("kernels are recorded only on a card, and the reason is told", async () => {
    const words = ["--python", python!, "--out", join(folder, "kernels.json")];
    const answer = await runCli("kernels", "record", "pytorch:torchvision:squeezenet1_0", ...words);
    expect(answer.code).toBe(2);
    expect(answer.stderr).toMatch(
      /workload "pytorch:torchvision:squeezenet1_0" cannot be recorded \(PyTorch .* (was built without CUDA|finds no card)/,
    );
  });
});

const real = findPython();
test.skipIf(real === undefined)(
  "an interpreter without PyTorch is named, with the option that names another (needs python3)",
  async () => {
    const bare = join(folder, "bare");
    mkdirSync(bare);
    // Without site packages no interpreter has PyTorch.
    writeFileSync(join(bare, "python"), `#!/bin/sh\nexec "${real}" -S "$@"\n`, { mode: 0o755 });
    const options = ["--python", join(bare, "python"), "--out", join(folder, "none")];
    const answer = await runCli("profile", "--workload", "r18=pytorch:torchvision:resnet18", ...options);
    expect(answer.code).toBe(2);
    expect(answer.stderr).toMatch(
      /workload "r18" cannot be started \(interpreter .* has no PyTorch; install it there \(pip install torch\), or name the interpreter that has it \(--python/,
    );
  },
);

test("options of PyTorch have no effect on other networks, and say so", async () => {
  const answer = await runCli("kernels", "record", "zoo:tiny", "--training", "--out", join(folder, "x.json"));
  expect(answer.code).toBe(2);
  expect(answer.stderr).toContain('option --training has no effect on "zoo:tiny"; leave it out');
});

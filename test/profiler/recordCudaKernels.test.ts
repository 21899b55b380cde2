import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { importKernels, recordCudaKernels } from "@partitune/profiler";
import { checkFile, type Workload } from "@partitune/schema";
import { afterEach, describe, expect, test, vi } from "vitest";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";
import { kernelEvents, made, stepEvent, traceText } from "./importers/kernels/syntheticKineto.ts";
import { findPython } from "./workers/pytorch/findPython.ts";

afterEach(() => void vi.unstubAllEnvs());

function network(python: string, task: Workload["task"] = "inference"): Workload {
  const engine = {
    engine: "pytorch",
    model: "torchvision:squeezenet1_0",
    shapes: { input: [3, 64, 64] },
    python,
  } as const;
  return { name: "squeezenet", task, engine, batches: [4, 8] };
}

/** An interpreter that runs no Python: it writes down how it was called, and does what the text says. */
function standIn(text: string) {
  const folder = temporaryFolder();
  const path = join(folder, "python");
  const calls = join(folder, "calls");
  const note = `require("node:fs").writeFileSync(${JSON.stringify(calls)}, JSON.stringify([process.argv.slice(2), process.env]));`;
  const out = `const out = process.argv.find((word) => word.startsWith("--out=")).slice(6);`;
  writeFileSync(path, `#!${process.execPath}\n${note}\n${out}\n${text}\n`, { mode: 0o755 });
  const called = () => JSON.parse(readFileSync(calls, "utf8")) as [readonly string[], Readonly<Record<string, string>>];
  return { path, called };
}

/** What PyTorch would write of two steps on a card, as far as the importer reads it. */
const recorded = traceText([
  ...[0, 1].flatMap((step) => [
    stepEvent(step + 3, 1000 * step, 900),
    ...kernelEvents({ launch: 1000 * step + 10, start: 1000 * step + 20, duration: 30, correlation: 2 * step + 1 }),
    ...kernelEvents({ launch: 1000 * step + 12, start: 1000 * step + 60, duration: 5, correlation: 2 * step + 2 }),
  ]),
]);
const writes = (text: string) => `require("node:fs").writeFileSync(out, ${JSON.stringify(text)});`;

test("the worker is asked for a trace as it is launched to be measured, and the trace is imported", async () => {
  const { path, called } = standIn(writes(recorded));
  const scratch = temporaryFolder();
  vi.stubEnv("TMPDIR", scratch);
  const trace = await recordCudaKernels(network(path, "training"), {
    ...{ steps: 2, warmup: 3, batch: 8, threads: 2, multiprocessors: 16, made },
    environment: { CUDA_VISIBLE_DEVICES: "GPU-1" },
  });
  checkFile(JSON.parse(JSON.stringify(trace)), "test", "kernel-trace");
  expect(trace).toMatchObject({ task: "squeezenet", format: "kineto", deviceName: "synthetic device" });
  expect(trace.steps.map(({ durations }) => durations)).toEqual([
    [30_000, 5_000],
    [30_000, 5_000],
  ]);
  const [words, environment] = called();
  expect(words[0]).toMatch(/packages\/profiler\/src\/workers\/pytorch\/worker\.py$/);
  expect(words.slice(1)).toEqual([
    "trace",
    "--model=torchvision:squeezenet1_0",
    "--task=training",
    "--device=cuda",
    "--threads=2",
    "--shape=input=Nx3x64x64",
    "--batch=8",
    "--steps=2",
    "--warmup=3",
    expect.stringMatching(/^--out=/),
  ]);
  expect(environment).toMatchObject({ CUDA_VISIBLE_DEVICES: "GPU-1", PARTITUNE_MULTIPROCESSORS: "16" });
  expect(readdirSync(scratch)).toEqual([]);
});

const says = (message: string) =>
  `console.log(${JSON.stringify(JSON.stringify({ type: "error", code: "failed", message }))});`;

test.each([
  [
    "says why",
    `${says("it has no PyTorch; install it")} process.exit(2);`,
    /cannot be recorded \(it has no PyTorch; install it\)/,
  ],
  [
    "crashes",
    `process.stderr.write("Segmentation fault\\n"); process.exit(139);`,
    /cannot be recorded \(Segmentation fault\)/,
  ],
  [
    "ran no kernels",
    writes(traceText([stepEvent(3, 0, 900)])),
    /ran no kernels on the card; .*holds no operation of a device/,
  ],
])("a worker that %s is one clear error", async (_, text, words) => {
  const { path } = standIn(text);
  await expect(recordCudaKernels(network(path), { steps: 2, warmup: 1, made })).rejects.toThrow(words);
});

test("a worker that takes too long is ended", async () => {
  const { path } = standIn("setInterval(() => {}, 1000);");
  const options = { steps: 2, warmup: 1, made, patience: 0.5 };
  await expect(recordCudaKernels(network(path), options)).rejects.toThrow(
    /cannot be recorded \(it took longer than 0\.5 s\)/,
  );
});

test("only networks of PyTorch are recorded so", async () => {
  const workload: Workload = { ...network(""), engine: { engine: "onnx", model: "zoo:tiny" } };
  await expect(recordCudaKernels(workload, { steps: 1, warmup: 1, made })).rejects.toThrow(/is none of PyTorch/);
});

const python = findPython("torch");
describe.skipIf(python === undefined)("the worker's own trace (needs PyTorch)", () => {
  test("without a card holds no kernels, and the importer says so; without Kineto there is none", async () => {
    const worker = fileURLToPath(new URL("../../packages/profiler/src/workers/pytorch/worker.py", import.meta.url));
    const out = join(temporaryFolder(), "trace.json");
    const { status, stdout } = spawnSync(
      python!,
      [worker, "trace", "--model=python:nets:pair", "--batch=2", "--steps=3", `--out=${out}`],
      { encoding: "utf8", cwd: fileURLToPath(new URL("workers/pytorch/", import.meta.url)) },
    );
    const said = JSON.parse(stdout);
    if (status === 2) {
      expect(said.message).toMatch(/was built without Kineto, the recorder of its profiler; install a usual build/);
      return;
    }
    expect(said).toMatchObject({ type: "traced", steps: 3, out });
    expect(readFileSync(out, "utf8").match(/"ProfilerStep#\d+"/g)).toHaveLength(3);
    const read = await importKernels(out, { task: "pair", made });
    expect(read).toMatchObject({ status: "empty", reason: expect.stringMatching(/holds no operation of a device/) });
  });
});

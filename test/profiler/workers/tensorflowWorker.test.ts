import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { startWorker, type WorkerProcess } from "../../../packages/profiler/src/executors/workerProcess.ts";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";
import { writeLayersModel } from "../fixtures/tensorflow/writeModels.ts";

const program = fileURLToPath(new URL("../../../packages/profiler/src/workers/tensorflowWorker.ts", import.meta.url));
/** No native TensorFlow is to be found there, whatever is installed on this machine. */
const nowhere = { NODE_PATH: "" };
const started: WorkerProcess[] = [];
afterEach(async () => {
  for (const worker of started.splice(0)) await worker.close();
});

async function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const worker = await startWorker({
    argv: [process.execPath, program, ...args],
    environment: { ...nowhere, ...environment },
    directory: temporaryFolder(),
  });
  started.push(worker);
  return worker;
}

/** Runs the worker without the host, and returns what it wrote. */
function run(args: readonly string[], { input = "", nodePath = "" } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    input,
    encoding: "utf8",
    cwd: temporaryFolder(),
    env: { ...process.env, NODE_PATH: nodePath },
  });
  return {
    status,
    stderr,
    lines: stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

/** A folder with a package that stands in for one of native TensorFlow: the embedded library, told to be something else. */
function standIn(name: string, code: string): string {
  const modules = temporaryFolder();
  const folder = join(modules, "@tensorflow", name);
  mkdirSync(folder, { recursive: true });
  const require = createRequire(program);
  const real = ["core", "layers", "converter"].map((part) => require.resolve(`@tensorflow/tfjs-${part}`));
  writeFileSync(join(folder, "index.js"), `const real = ${JSON.stringify(real)};\n${code}`);
  return modules;
}

const embedded = /^tfjs 4\.22\.0, WebAssembly with(?:out)? SIMD, 1 thread, on the processor$/;

describe("on WebAssembly, the embedded backend", () => {
  test("a network of the zoo is served at any batch size", async () => {
    const worker = await start(["--model=zoo:tiny", "--threads=2"]);
    expect(worker.ready.engine).toMatch(embedded);
    expect(worker.ready).toMatchObject({
      device: "cpu",
      inputs: [{ name: "input", type: "float32", shape: ["N", 32, 32, 3] }],
    });
    expect(worker.ready.files).toBeUndefined();
    for (const batch of [1, 4, 3, 1]) {
      const { start: asked, end, service, cpu } = await worker.run(batch, 20);
      expect(service).toBeGreaterThan(0);
      expect(service).toBeLessThan(end - asked);
      expect(cpu).toBeGreaterThan(0);
    }
    expect((await worker.stats(10)).memoryPeakBytes).toBeGreaterThan(10e6);
  });

  test("a user's model takes training steps, at a pace; its files are told", async () => {
    const folder = temporaryFolder();
    const path = await writeLayersModel(folder, { loss: "sparse_categorical_crossentropy" });
    const worker = await start([`--model=${path}`, "--task=training"], { PARTITUNE_PACE: "0.2" });
    expect(worker.ready.pace).toBe(0.2);
    expect(worker.ready.files).toEqual(["model.json", "kernel.bin", "bias.bin"].map((name) => join(folder, name)));
    const { service, cpu } = await worker.run(4, 20);
    expect(service).toBeGreaterThanOrEqual(cpu! / 0.2 - 1e-9);
  });

  test("only the protocol is on standard output; which backend runs, and why no better one, is said once", () => {
    const input = '{"type":"run","id":7,"batch":2}\n{"type":"stats"}\n';
    const { status, lines, stderr } = run(["--model=zoo:mlp@8", "--task=training"], { input });
    expect(status).toBe(0);
    expect(lines.map(({ type }) => type)).toEqual(["ready", "done", "stats"]);
    expect(stderr).toMatch(
      /^TensorFlow runs by tfjs 4.*, on the processor, as @tensorflow\/tfjs-node is not installed\n$/,
    );
  });

  test("asked for a GPU, it falls back and says what it really runs on", () => {
    const { lines, stderr } = run(["--model=zoo:tiny", "--device=cuda"]);
    expect(lines).toMatchObject([{ type: "ready", device: "cpu" }]);
    expect(lines[0]!.engine).toMatch(/, on the processor instead of a GPU$/);
    expect(stderr.trim().split("\n")).toEqual([
      `TensorFlow runs by ${lines[0]!.engine}, as @tensorflow/tfjs-node-gpu is not installed and @tensorflow/tfjs-node is not installed`,
    ]);
  });

  test.each([
    [["--model=zoo:mobilnet"], 'model "zoo:mobilnet" is not a network of the zoo; choose one of "zoo:resnet18"'],
    [["--model=here/model.json"], 'model "here/model.json" does not exist; give the folder of a SavedModel'],
    [["--task=training"], "option --model is missing"],
  ])("bad input ends the start with one line: %j", (args, words) => {
    const { status, lines, stderr } = run(args);
    expect(status).toBe(2);
    expect(lines).toMatchObject([{ type: "error", code: "failed", message: expect.stringContaining(words) }]);
    expect(stderr).toContain(words);
  });
});

describe("native packages, here by stand-ins", () => {
  const native = (gpu: boolean) => `
    console.log("a banner of the library");
    const [core, layers, converter] = real.map((file) => require(file));
    class Backend extends core.KernelBackend {}
    module.exports = { ...core, ...layers, ...converter, version: { "tfjs-node": "0.0.0" },
      matMul: () => ({}), ones: () => ({}), sum: () => ({ dataSync: () => [12] }), tidy: (work) => work(),
      backend: () => ({ isUsingGpuDevice: ${gpu}, binding: { TF_Version: "0.0.0" } }) };`;

  test("a GPU that is found is told; banners do not reach standard output", () => {
    const { lines, stderr } = run(["--model=no", "--device=cuda"], {
      nodePath: standIn("tfjs-node-gpu", native(true)),
    });
    expect(lines).toHaveLength(1);
    expect(stderr).toContain("a banner of the library");
    expect(stderr).toContain("TensorFlow runs by tfjs-node-gpu 0.0.0, TensorFlow 0.0.0, on a GPU\n");
  });

  test("the package for GPUs that finds none is not taken for one", () => {
    const { stderr } = run(["--model=no", "--device=cuda"], { nodePath: standIn("tfjs-node-gpu", native(false)) });
    expect(stderr).toContain(
      "TensorFlow runs by tfjs-node-gpu 0.0.0, TensorFlow 0.0.0, on the processor instead of a GPU, as @tensorflow/tfjs-node-gpu finds no GPU that it can use\n",
    );
  });

  test("one that does not load is passed over, with its words", () => {
    const nodePath = standIn("tfjs-node", 'throw new Error("libtensorflow.so.2: cannot open shared object file");');
    const { lines, stderr } = run(["--model=zoo:tiny"], { nodePath });
    expect(lines[0]!.engine).toMatch(embedded);
    expect(stderr).toContain(
      "as @tensorflow/tfjs-node is installed but does not load (libtensorflow.so.2: cannot open shared object file)\n",
    );
  });

  test("one that computes wrongly, too", () => {
    const nodePath = standIn("tfjs-node", native(true).replace("[12]", "[0]"));
    expect(run(["--model=zoo:tiny"], { nodePath }).stderr).toContain("is installed but computes 0 instead of 12\n");
  });
});

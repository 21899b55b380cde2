import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { startWorker, type WorkerProcess } from "../../../packages/profiler/src/executors/workerProcess.ts";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";
import { nativeTensorflow } from "../fixtures/tensorflow/nativeTensorflow.ts";
import { writeGraphModel, writeLayersModel, writeSavedModel } from "../fixtures/tensorflow/writeModels.ts";

const native = await nativeTensorflow();
const why = "missing" in native ? ` (skipped: ${native.missing})` : "";
const NODE_PATH = "nodePath" in native ? native.nodePath : "";

const program = fileURLToPath(new URL("../../../packages/profiler/src/workers/tensorflowWorker.ts", import.meta.url));
const printStep = fileURLToPath(new URL("../fixtures/tensorflow/printStep.ts", import.meta.url));
const started: WorkerProcess[] = [];
afterEach(async () => {
  for (const worker of started.splice(0)) await worker.close();
});

async function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const worker = await startWorker({
    argv: [process.execPath, program, ...args],
    environment: { NODE_PATH, ...environment },
    directory: temporaryFolder(),
  });
  started.push(worker);
  return worker;
}

function refusal(args: readonly string[]): string {
  const { status, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: "utf8",
    env: { ...process.env, NODE_PATH },
  });
  expect(status).toBe(2);
  return stderr;
}

describe.skipIf("missing" in native)(`native TensorFlow${why}`, () => {
  test("is preferred to WebAssembly, and named with its versions", async () => {
    const worker = await start(["--model=zoo:tiny", "--threads=1"]);
    expect(worker.ready.engine).toBe("tfjs-node 4.22.0, TensorFlow 2.12.1, on the processor");
    expect(worker.ready.device).toBe("cpu");
    for (const batch of [1, 4]) expect((await worker.run(batch, 20)).service).toBeGreaterThan(0);
  });

  test("the package of the user's folder is found without NODE_PATH", async () => {
    const folder = temporaryFolder();
    symlinkSync(NODE_PATH, join(folder, "node_modules"));
    const argv = [process.execPath, program, "--model=zoo:mlp@4", "--task=training"];
    const worker = await startWorker({ argv, environment: { NODE_PATH: "" }, directory: folder });
    started.push(worker);
    expect(worker.ready.engine).toMatch(/^tfjs-node /);
    await worker.run(2, 20);
  });

  test("without a card it does not pass for a GPU, not even by the package for GPUs", async () => {
    // Stands in for that package, whose code is the same: the processor's library.
    const modules = temporaryFolder();
    mkdirSync(join(modules, "@tensorflow"));
    symlinkSync(join(NODE_PATH, "@tensorflow", "tfjs-node"), join(modules, "@tensorflow", "tfjs-node-gpu"));
    const worker = await start(["--model=zoo:tiny", "--device=cuda"], { NODE_PATH: modules });
    expect(worker.ready.engine).toMatch(/^tfjs-node-gpu .* on the processor instead of a GPU$/);
    expect(worker.ready.device).toBe("cpu");
  });

  test("keeps to its number of threads", async () => {
    const threadsOf = async (threads: number) => {
      const worker = await start(["--model=zoo:mobilenet-v2@32", `--threads=${threads}`]);
      await worker.run(1, 20);
      const [, count] = /^Threads:\s+(\d+)$/m.exec(readFileSync(`/proc/${worker.pid}/status`, "utf8"))!;
      return Number(count);
    };
    const one = await threadsOf(1);
    expect((await threadsOf(5)) - one).toBe(4);
  });

  test.each(["zoo:tiny", "zoo:resnet18@64", "zoo:mobilenet-v2@96"])(
    "%s answers and learns as on WebAssembly",
    (model) => {
      const [wasm, node] = ["", NODE_PATH].map((path) => {
        const env = { ...process.env, NODE_PATH: path };
        const { stdout, stderr } = spawnSync(process.execPath, [printStep, model], { encoding: "utf8", env });
        expect(stdout, stderr).not.toBe("");
        return JSON.parse(stdout) as { name: string; outputs: number[]; losses: number[] };
      });
      expect(wasm!.name).toContain("WebAssembly");
      expect(node!.name).toContain("TensorFlow 2");
      for (const what of ["outputs", "losses"] as const) {
        const scale = Math.max(...node![what].map(Math.abs));
        const differences = node![what].map((value, i) => Math.abs(value - wasm![what][i]!) / scale);
        expect(Math.max(...differences), what).toBeLessThan(1e-3);
      }
    },
  );

  test("runs layers models and graphs from files, dynamic ones included", async () => {
    for (const kind of ["dense", "where"] as const) {
      const folder = temporaryFolder();
      await writeGraphModel(folder, kind);
      const worker = await start([`--model=${folder}`]);
      for (const batch of [2, 3, 3]) await worker.run(batch, 20);
    }
    const worker = await start([`--model=${await writeLayersModel(temporaryFolder())}`]);
    await worker.run(8, 20);
  });

  test("a SavedModel serves by its usual function, and by the one that is asked for", async () => {
    const folder = await writeSavedModel(temporaryFolder());
    const usual = await start([`--model=${folder}`]);
    expect(usual.ready.inputs).toEqual([{ name: "features", type: "float32", shape: ["N", 4] }]);
    expect(usual.ready.files).toEqual([join(folder, "saved_model.pb")]);
    for (const batch of [1, 5]) await usual.run(batch, 20);
    const rows = await start([`--model=${folder}#kernel_row`]);
    expect(rows.ready.inputs).toEqual([{ name: "ids", type: "int32", shape: ["N"] }]);
    await rows.run(3, 20);
  });

  test.skipIf(overcommits())(
    "a batch of a SavedModel that takes 160 GB is out of memory; a smaller one still runs (skipped where the kernel promises any memory)",
    async () => {
      const folder = await writeSavedModel(temporaryFolder());
      const worker = await start([`--model=${folder}#outer`]);
      await expect(worker.run(200_000, 60)).rejects.toMatchObject({ code: "out-of-memory" });
      await worker.run(2, 20);
    },
  );

  test("what a SavedModel cannot do is said in a line", async () => {
    const folder = await writeSavedModel(temporaryFolder());
    expect(refusal([`--model=${folder}#predict`])).toContain(
      `has no function "predict"; choose one of "${folder}#kernel_row", "${folder}#outer", "${folder}#serving_default"`,
    );
    writeFileSync(join(folder, "saved_model.pb"), "no protocol buffer");
    expect(refusal([`--model=${folder}`])).toContain(`model "${folder}" cannot be read (`);
  });

  test("runs where Node.js lacks the helpers that it calls, as from version 23 on", async () => {
    const preload = join(temporaryFolder(), "preload.cjs");
    writeFileSync(preload, 'const util = require("util"); delete util.isNullOrUndefined; delete util.isArray;');
    const worker = await start(["--model=zoo:tiny", "--task=training"], { NODE_OPTIONS: `--require=${preload}` });
    expect(worker.ready.engine).toMatch(/^tfjs-node /);
    await worker.run(2, 20);
  });
});

function overcommits(): boolean {
  return readFileSync("/proc/sys/vm/overcommit_memory", "utf8").trim() === "1";
}

import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startWorker, type WorkerProcess } from "../../../packages/profiler/src/executors/workerProcess.ts";
import { buildZooModel } from "../../../packages/profiler/src/zoo/index.ts";
import { writeOnnxFixture } from "../fixtures/writeOnnxFixture.ts";

const program = fileURLToPath(new URL("../../../packages/profiler/src/workers/onnxWorker.ts", import.meta.url));
const started: WorkerProcess[] = [];
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "partitune-worker-"));
  await buildZooModel("zoo:tiny", folder);
});
afterEach(async () => {
  for (const worker of started.splice(0)) await worker.close();
});
afterAll(() => rm(folder, { recursive: true }));

async function start(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<WorkerProcess> {
  const worker = await startWorker({ argv: [process.execPath, program, ...args], environment });
  started.push(worker);
  return worker;
}

/** Runs the worker as its own program, without the host, and returns what it wrote. */
function run(args: readonly string[], input = "") {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { input, encoding: "utf8" });
  return {
    status,
    lines: stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>),
    stderr,
  };
}

describe("a network of the zoo", () => {
  test("is served at any batch size, with service and processor time", async () => {
    const worker = await start(["--model=zoo:tiny", `--zoo=${folder}`]);
    expect(worker.ready.engine).toMatch(/^onnxruntime \d/);
    expect(worker.ready.inputs).toEqual([{ name: "input", type: "float32", shape: ["N", 3, 32, 32] }]);
    for (const batch of [1, 4, 3, 1]) {
      const { start: asked, end, service, cpu } = await worker.run(batch, 10);
      expect(service).toBeGreaterThan(0);
      expect(service).toBeLessThan(end - asked);
      expect(cpu).toBeGreaterThan(0);
    }
    const { cpuSeconds, memoryPeakBytes } = await worker.stats(10);
    expect(cpuSeconds).toBeGreaterThan(0.01);
    expect(memoryPeakBytes).toBeGreaterThan(10e6);
  });

  test("is paced when asked: a batch takes as long as its processor time on the smaller device", async () => {
    const worker = await start(["--model=zoo:tiny", `--zoo=${folder}`], { PARTITUNE_PACE: "0.1" });
    expect(worker.ready.pace).toBe(0.1);
    for (let i = 0; i < 5; i++) {
      const { service, cpu } = await worker.run(16, 10);
      expect(service).toBeGreaterThanOrEqual(cpu! / 0.1 - 1e-9);
    }
  });

  test("ends with its input, after the batches it was given", () => {
    const { status, lines, stderr } = run(
      ["--model=zoo:tiny", `--zoo=${folder}`],
      '{"type":"run","id":7,"batch":2}\n{"type":"run","id":8,"batch":1}\n',
    );
    expect(status).toBe(0);
    expect(lines.map(({ type, id }) => [type, id])).toEqual([
      ["ready", undefined],
      ["done", 7],
      ["done", 8],
    ]);
    expect(stderr).toBe("");
  });
});

describe("a user's model", () => {
  test("with a fixed batch runs only that batch", async () => {
    const model = await writeOnnxFixture(join(folder, "fixed.onnx"), [
      { name: "x", type: "float32", dimensions: [4, 3] },
    ]);
    const worker = await start([`--model=${model}`]);
    await expect(worker.run(1, 10)).rejects.toMatchObject({
      code: "bad-batch",
      message: `model "${model}" is built for batch 4`,
    });
    expect((await worker.run(4, 10)).service).toBeGreaterThan(0);
  });

  test("with open dimensions runs once their sizes are given", async () => {
    const model = await writeOnnxFixture(join(folder, "open.onnx"), [
      { name: "ids", type: "int64", dimensions: ["batch", "sequence"] },
      { name: "mask", type: "int64", dimensions: ["batch", "sequence"] },
    ]);
    const refused = run([`--model=${model}`]);
    expect(refused.status).toBe(2);
    expect(refused.lines).toHaveLength(1);
    expect(refused.lines[0]!.message).toBe(
      `input "ids" [batch, sequence] of model "${model}" leaves dimensions open; give all its sizes, e.g. --shape ids=Nx128`,
    );
    const worker = await start([`--model=${model}`, "--shape=ids=Nx16,mask=Nx16"]);
    expect((await worker.run(2, 10)).service).toBeGreaterThan(0);
  });

  test.each([
    ["that is missing", async () => join(folder, "missing.onnx"), /does not exist; give the path of an .onnx file/],
    ["that is empty", () => save("empty.onnx", ""), /is an empty file/],
    ["that is a folder", makeFolder, /is not a file/],
    [
      "that is no model",
      () => save("text.onnx", "Lorem ipsum dolor sit amet"),
      /cannot be loaded \(.+\); export it again/,
    ],
    ["that is cut off", cutOff, /cannot be loaded \(.+\); export it again/],
    ["that the zoo does not have", async () => "zoo:alexnet", /is not a network of the zoo/],
  ])("%s is one clear error", async (_, make, words) => {
    const { status, lines, stderr } = run([`--model=${await make()}`]);
    expect(status).toBe(2);
    expect(lines).toEqual([{ type: "error", code: "failed", message: expect.stringMatching(words) }]);
    expect(stderr).toBe(`${lines[0]!.message}\n`);
  });
});

test("a wrong pace is refused", () => {
  const { status, stdout } = spawnSync(process.execPath, [program, "--model=zoo:tiny", `--zoo=${folder}`], {
    env: { ...process.env, PARTITUNE_PACE: "fast" },
    encoding: "utf8",
    input: "",
  });
  expect(status).toBe(2);
  expect(stdout).toContain('PARTITUNE_PACE is \\"fast\\"; give a number of cores above 0');
});

async function save(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

async function makeFolder(): Promise<string> {
  await mkdir(join(folder, "folder.onnx"));
  return join(folder, "folder.onnx");
}

async function cutOff(): Promise<string> {
  const whole = await readFile(await buildZooModel("zoo:tiny", folder));
  return save("cut.onnx", whole.subarray(0, whole.length / 2));
}

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { startWorker, type WorkerProcess } from "../../../../packages/profiler/src/executors/workerProcess.ts";
import { findPython } from "./findPython.ts";

const program = fileURLToPath(new URL("../../../../packages/profiler/src/workers/pytorch/worker.py", import.meta.url));
const directory = fileURLToPath(new URL(".", import.meta.url));
const python = findPython("torch");
const bare = findPython();
const withVision = findPython("torch", "torchvision");
const started: WorkerProcess[] = [];
afterEach(async () => {
  for (const worker of started.splice(0)) await worker.close();
});

async function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const worker = await startWorker({ argv: [python!, program, ...args], environment, directory });
  started.push(worker);
  return worker;
}

/** Runs the worker as its own program, without the host; requests for batches may be given. */
function run(args: readonly string[], batches: readonly number[] = [], interpreter = python!) {
  const input = batches.map((batch, i) => `${JSON.stringify({ type: "run", id: i + 1, batch })}\n`).join("");
  const { status, stdout, stderr } = spawnSync(interpreter, [program, ...args], {
    input,
    encoding: "utf8",
    cwd: directory,
  });
  const lines = stdout.trim().split("\n");
  return { status, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>), stderr };
}

const bothTasks = ["inference", "training"] as const;

describe.skipIf(withVision === undefined)("a network of torchvision (needs torchvision)", () => {
  test.each(bothTasks)("is run in %s at any batch size, with service and processor time", async (task) => {
    const size = "--shape=input=Nx3x64x64";
    const worker = await start(["--model=torchvision:squeezenet1_0", size, `--task=${task}`, "--threads=2"]);
    expect(worker.ready.engine).toMatch(/^pytorch \d.*, torchvision \d/);
    expect(worker.ready.inputs).toEqual([{ name: "input", type: "float32", shape: ["N", 3, 64, 64] }]);
    for (const batch of [1, 4, 3, 1]) {
      const { start: asked, end, service, cpu, device } = await worker.run(batch, 30);
      expect(service).toBeGreaterThan(0);
      expect(service).toBeLessThan(end - asked);
      expect(cpu).toBeGreaterThan(0);
      expect(device).toBeUndefined();
    }
    const { cpuSeconds, memoryPeakBytes, deviceMemoryPeakBytes } = await worker.stats(10);
    expect(cpuSeconds).toBeGreaterThan(0.1);
    expect(memoryPeakBytes).toBeGreaterThan(50e6);
    expect(deviceMemoryPeakBytes).toBeUndefined();
  });
});

describe.skipIf(python === undefined)("a network of the user's own (needs PyTorch)", () => {
  test("may print what it likes, on every level, and read what it likes: the protocol stays clean", () => {
    const { status, lines, stderr } = run(["--model=python:nets:talking"], [2, 1]);
    expect(status).toBe(0);
    expect(lines.map(({ type, id }) => [type, id])).toEqual([
      ["ready", undefined],
      ["done", 1],
      ["done", 2],
    ]);
    expect(lines[0]!.files).toEqual([`${directory}nets.py`]);
    for (const words of ["a module that talks", "and one that writes past Python", "building", "forward"])
      expect(stderr).toContain(words);
    expect(run(["--model=python:nets:reads_input"], [1]).lines.map(({ type }) => type)).toEqual(["ready", "done"]);
  });

  test.each([
    ["pair", "input0", "input1"],
    ["named", "ids", "scale"],
  ])("takes several inputs, by position or by name: %s", (name, ids, scale) => {
    const { lines } = run([`--model=python:nets:${name}`, `--shape=${scale}=Nx2x4`], [5]);
    expect(lines[0]!.inputs).toEqual([
      { name: ids, type: "int64", shape: ["N", 2] },
      { name: scale, type: "float32", shape: ["N", 2, 4] },
    ]);
    expect(lines[1]!.type).toBe("done");
  });

  test("runs in evaluation, inference mode and the precision that is asked for", () => {
    const { lines } = run(["--model=python:nets:checked", "--precision=bfloat16"], [2]);
    expect(lines).toMatchObject([{ inputs: [{ type: "bfloat16" }] }, { type: "done" }]);
    const other = run(["--model=python:nets:checked"], [2]).lines[1];
    expect(other).toMatchObject({ code: "failed", message: expect.stringContaining("inputs are torch.float32") });
  });

  test("is trained for real: weights change, and gradients do not pile up", () => {
    const { lines } = run(["--model=python:nets:counting", "--task=training"], [4, 4, 4]);
    expect(lines.map(({ type, message }) => message ?? type)).toEqual(["ready", "done", "done", "done"]);
  });

  test.each([
    ["normalised", "training", [1, 4, 1], ["bad-batch", "done", "bad-batch"]],
    ["fixed", "inference", [3, 4, 3], ["bad-batch", "done", "bad-batch"]],
    ["even", "inference", [3, 4], ["bad-batch", "done"]],
    ["broken", "inference", [1, 2], ["failed", "failed"]],
  ])("%s in %s of batches %j answers %j", (name, task, batches, answers) => {
    const { status, lines } = run([`--model=python:nets:${name}`, `--task=${task}`], batches);
    expect(status).toBe(0);
    expect(lines.slice(1).map(({ code, type }) => code ?? type)).toEqual(answers);
  });

  test("that runs out of memory says so, in data and in a step, and goes on", async () => {
    const worker = await start(["--model=python:nets:greedy"]);
    for (const batch of [1e13, 3]) await expect(worker.run(batch, 30)).rejects.toMatchObject({ code: "out-of-memory" });
    expect((await worker.run(2, 30)).service).toBeGreaterThan(0);
  });

  test("that cannot be made is one clear error", () => {
    const { status, lines, stderr } = run(["--model=python:nets:fails"]);
    expect(status).toBe(2);
    const message = expect.stringMatching(
      /ended with KeyError: 'weights'; correct it; the place is on standard error$/,
    );
    expect(lines).toEqual([{ type: "error", code: "failed", message }]);
    expect(stderr).toMatch(/nets\.py", line \d+, in fails/);
  });

  test("is paced when asked: a batch takes as long as its processor time on the smaller device", async () => {
    const worker = await start(["--model=python:nets:talking"], { PARTITUNE_PACE: "0.05" });
    expect(worker.ready.pace).toBe(0.05);
    for (let i = 0; i < 5; i++) {
      const { service, cpu } = await worker.run(64, 10);
      expect(service).toBeGreaterThanOrEqual(cpu! / 0.05 - 1e-9);
    }
  });

  test("cannot keep its worker alive once the host is gone", () => {
    const hanging = "import threading; threading.Thread(target=threading.Event().wait).start()";
    const code = `${hanging}; import sys; sys.argv = ["worker.py", "--model=python:nets:talking"]; import runpy; runpy.run_path(${JSON.stringify(program)}, run_name="__main__")`;
    const folder = program.replace(/\/worker\.py$/, "");
    const { status } = spawnSync(python!, ["-c", `import sys; sys.path.insert(0, "${folder}"); ${code}`], {
      cwd: directory,
      input: "",
      timeout: 20_000,
    });
    expect(status).toBe(0);
  });
});

describe.skipIf(bare === undefined)("options (needs python3)", () => {
  test.each([
    [["--model=zoo:resnet18"], /model "zoo:resnet18" has no known source; write one of torchvision, timm/],
    [["--model=python:nets"], /names no function; write python:MODULE:FUNCTION/],
    [["--model=python:nets:pair", "--shape=input0=2"], /option --shape "input0=2" cannot be read/],
    [["--model=python:nets:pair", "--mode=cuda-graph"], /needs a card: there are no CUDA graphs on a processor/],
    [["--model=python:nets:pair", "--precision=float8"], /choose one of float32, float16, bfloat16/],
    [["--model=python:nets:pair", "--threads=0"], /is no whole number from 1 on/],
    [["--model=python:nets:pair", "--fast"], /option "--fast" is not known/],
    [["--threads=1"], /option --model is missing/],
  ])("%j are one clear error", (args, words) => {
    const { status, lines, stderr } = run(args, [], bare!);
    expect(status).toBe(2);
    expect(lines).toEqual([{ type: "error", code: "failed", message: expect.stringMatching(words) }]);
    expect(stderr.trim().split("\n").at(-1)).toBe(lines[0]!.message);
  });
});

describe.skipIf(bare === undefined)("an interpreter without PyTorch (needs python3)", () => {
  test("says who it is and what to install", () => {
    // Without site packages no interpreter has PyTorch.
    const { status, stdout } = spawnSync(bare!, ["-S", "-I", "-c", isolated], { encoding: "utf8", input: "" });
    expect(status).toBe(2);
    expect(JSON.parse(stdout).message).toMatch(
      /^interpreter \/.*python.* \(Python 3\.\d+\.\d+\) has no PyTorch; install it there \(pip install torch\), or name the interpreter/,
    );
  });
});

const isolated = `
import sys
sys.path.insert(0, ${JSON.stringify(program.replace(/\/worker\.py$/, ""))})
sys.dont_write_bytecode = True
from partitune_pytorch.main import main
main(["--model=torchvision:resnet18"])
`;

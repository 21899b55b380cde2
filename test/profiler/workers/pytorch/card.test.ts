import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { findPython } from "./findPython.ts";

const folder = fileURLToPath(new URL("../../../../packages/profiler/src/workers/pytorch", import.meta.url));
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const python = findPython("torch");
const compiler = spawnSync("cc", ["--version"]).status === 0;

/** What the worker answered, and what it asked of a stand-in for CUDA. */
function run(args: readonly string[], batches: readonly number[], environment: Readonly<Record<string, string>> = {}) {
  const requests = batches.map((batch, i) => JSON.stringify({ type: "run", id: i + 1, batch }));
  const { stdout, stderr } = spawnSync(
    python!,
    [here("cardWorker.py"), folder, "--model=python:nets:greedy_on_card", "--device=cuda", ...args],
    {
      input: `${[...requests, '{"type":"stats"}'].join("\n")}\n`,
      encoding: "utf8",
      cwd: here("."),
      env: { ...process.env, ...environment },
    },
  );
  const calls = stderr.split("\n").filter((line) => line.startsWith("card: "));
  return {
    lines: stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>),
    calls: calls.map((line) => line.slice("card: ".length)),
    stderr,
  };
}

const timed = (...work: readonly string[]) => ["event on stream", ...work, "event on stream", "waited for"];

describe.skipIf(python === undefined)("a card (a stand-in for torch.cuda; needs PyTorch)", () => {
  test("times batches by its own events, on its own stream, and tells its memory", () => {
    const { lines, calls } = run([], [2, 1]);
    expect(lines).toMatchObject([
      { type: "ready", engine: expect.stringMatching(/^pytorch .*, stub card, CUDA 13\.0, cuDNN /) },
      { type: "done", device_s: 0.0125 },
      { type: "done", device_s: 0.0125 },
      { type: "stats", device_memory_peak_bytes: 123456789 },
    ]);
    expect(lines[0]).not.toHaveProperty("multiprocessors");
    expect(calls).toEqual(["on stream", "on stream", ...timed("step"), ...timed("step")]);
  });

  test.each(["inference", "training"])("captures each batch of %s once, after three steps, and replays it", (task) => {
    const { lines, calls } = run(["--mode=cuda-graph", `--task=${task}`], [2, 1, 2]);
    expect(lines.map(({ type }) => type)).toEqual(["ready", "done", "done", "done", "stats"]);
    const captured = (pool: string) => [
      "step",
      "step",
      "step",
      "synchronise",
      `capture on stream with ${pool}`,
      "step",
    ];
    expect(calls.slice(2)).toEqual([
      ...[...captured("a new pool"), ...timed("replay")],
      ...[...captured("pool"), ...timed("replay")],
      ...timed("replay"),
    ]);
  });

  test("out of memory gives back what was taken, and the next batch runs", () => {
    const { lines, calls } = run([], [4, 2]);
    const message = "CUDA out of memory. Tried to allocate 4.00 TiB";
    expect(lines.slice(1)).toMatchObject([
      { id: 1, code: "out-of-memory", message },
      { type: "done" },
      { type: "stats" },
    ]);
    expect(calls.slice(2)).toEqual(["event on stream", "empty cache", ...timed("step")]);
  });

  test("out of memory while a graph is captured is known by what the failure hides", () => {
    const environment = { STUB_CAPTURE_FAILS: "1", STUB_GREEDY_AFTER: "3" };
    const { lines } = run(["--mode=cuda-graph"], [2], environment);
    expect(lines[1]).toMatchObject({
      code: "out-of-memory",
      message: "CUDA out of memory. Tried to allocate 4.00 TiB",
    });
  });

  test.skipIf(!compiler)("runs everything on the stream of a green context, and says what it got (needs cc)", () => {
    const library = join(libraries, "libcuda.so.1");
    expect(spawnSync("cc", ["-shared", "-fPIC", "-o", library, here("fakeCuda.c")]).status).toBe(0);
    const asked = { PARTITUNE_MULTIPROCESSORS: "20", PARTITUNE_CUDA_DRIVER: library };
    const { lines, calls } = run([], [1], asked);
    expect(lines[0]).toMatchObject({ type: "ready", multiprocessors: 24 });
    expect(calls.slice(-4)).toEqual([
      "event on stream 0x7fedcba987654320",
      "step",
      "event on stream 0x7fedcba987654320",
      "waited for",
    ]);
    const refused = run([], [], { ...asked, PARTITUNE_MULTIPROCESSORS: "200" });
    expect(refused.lines).toEqual([
      {
        type: "error",
        code: "failed",
        message: expect.stringMatching(/does not fit: the card has 132; ask for fewer$/),
      },
    ]);
  });
});

const libraries = mkdtempSync(join(tmpdir(), "partitune-cuda-"));
afterAll(() => rmSync(libraries, { recursive: true }));

describe.skipIf(python === undefined)("without a card (needs PyTorch)", () => {
  test("the reason is told in one line", () => {
    const worker = join(folder, "worker.py");
    const { status, stdout } = spawnSync(python!, [worker, "--model=python:nets:pair", "--device=cuda"], {
      input: "",
      encoding: "utf8",
      env: { ...process.env, CUDA_VISIBLE_DEVICES: "" },
    });
    expect(status).toBe(2);
    expect(JSON.parse(stdout).message).toMatch(
      /^PyTorch .* (was built without CUDA; install a build with it|finds no card that it can use with CUDA_VISIBLE_DEVICES=: )/,
    );
  });
});

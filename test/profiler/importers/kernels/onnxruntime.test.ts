import { kernelImporters } from "@partitune/profiler";
import { describe, expect, test } from "vitest";
import { onlyTrace, recognised } from "./handWritten.ts";
import { havePublic, publicTrace } from "./sharedTraces.ts";
import { made, writeTrace } from "./syntheticKineto.ts";

const { read } = kernelImporters.onnxruntime;
const options = { task: "network", made };
const write = (events: readonly string[], name?: string) => writeTrace(`[\n${events.join(",\n")}\n]`, name);

/** An event in the engine's own spelling, hand-written. */
function event(
  cat: string,
  name: string,
  ts: number,
  dur: number,
  args: Readonly<Record<string, unknown>> = {},
): string {
  const spelled = JSON.stringify(args).replaceAll('":"', '" : "');
  return `{"cat" : "${cat}","pid" :1,"tid" :1,"dur" :${dur},"ts" :${ts},"ph" : "X","name" :"${name}","args" : ${spelled}}`;
}
const loading = event("Session", "model_loading_array", 1, 300);
const cpu = { provider: "CPUExecutionProvider", output_size: "64" };
/** A run of three operators, the second without a name, 5 µs apart. */
const run = (at: number) => [
  event("Node", "mm_kernel_time", at + 10, 20, { ...cpu, op_name: "MatMul", node_index: "0" }),
  event("Node", "_kernel_time", at + 35, 7, { ...cpu, op_name: "Relu", node_index: "1" }),
  event("Node", "Relu_2_kernel_time", at + 47, 3, { ...cpu, op_name: "Relu", node_index: "2" }),
  event("Session", "SequentialExecutor::Execute", at + 5, 60),
  event("Session", "model_run", at, 70),
];
const codes = (trace: { readonly warnings: readonly { readonly code: string }[] }) =>
  trace.warnings.map(({ code }) => code);

describe("a profile of ONNX Runtime", () => {
  test("is one step for each run, its operators in order, although runs are listed after them", async () => {
    const path = write([loading, ...run(1000), ...run(2000), ...run(3000)]);
    expect(recognised(path)).toEqual(["onnxruntime"]);
    const trace = onlyTrace(await read(path, options));
    expect(trace.identities.map(({ name }) => name)).toEqual(["MatMul mm", "Relu 1", "Relu Relu_2"]);
    const step = {
      identities: [0, 1, 2],
      durations: [20_000, 7_000, 3_000],
      idles: [5_000, 5_000, 0],
      idleKinds: [1, 1, 0],
    };
    expect(trace.steps).toEqual([step, step, step]);
    expect(trace).toMatchObject({ between: [960_000, 960_000], gapsKnown: true, dropped: [] });
    expect(codes(trace)).toEqual(["coarse-times", "traced-idle-times"]);
  });

  test("keeps the order of operators that began and ended in the same µs", async () => {
    const short = ["z", "a", "m"].map((name) => event("Node", `${name}_kernel_time`, 10, 0, cpu));
    const trace = onlyTrace(await read(write([...short, event("Session", "model_run", 5, 20)]), options));
    expect(trace.steps[0]!.identities.map((id) => trace.identities[id]!.name)).toEqual(["z", "a", "m"]);
  });

  test("of an old release has fences and no arguments, and says what was left out", async () => {
    const path = write([
      event("Node", "conv_fence_before", 9, 1),
      event("Node", "conv_kernel_time", 10, 50),
      event("Node", "conv_fence_after", 61, 1),
      event("Node", "bad_kernel_time", 70, -4),
      event("Session", "model_run", 5, 100),
      event("Node", "late_kernel_time", 200, 50),
    ]);
    const trace = onlyTrace(await read(path, options));
    expect(trace.identities).toEqual([{ name: "conv", grid: null, block: null }]);
    expect(trace.dropped).toEqual([
      { what: "fences before and after operators", count: 2 },
      { what: "events without a sound time or duration", count: 1 },
      { what: "operations outside all runs", count: 1 },
    ]);
    expect(codes(trace)).toContain("few-steps");
  });

  test("skips runs while the network warms up, or takes all as one step", async () => {
    const path = write([...run(1000), ...run(2000), ...run(3000)], "packed.json.gz");
    const trace = onlyTrace(await read(path, { ...options, skipSteps: 2 }));
    expect(trace.steps).toHaveLength(1);
    expect(trace.dropped[1]).toEqual({ what: "operations of skipped runs", count: 6 });
    expect(onlyTrace(await read(path, { ...options, wholeTrace: true })).steps[0]!.durations).toHaveLength(9);
    await expect(read(path, { ...options, skipSteps: 3 })).rejects.toThrow(
      /holds only 3 runs, all of which are skipped/,
    );
    await expect(read(path, { ...options, device: 0 })).rejects.toThrow(/device 0 cannot be chosen/);
  });

  test("that was cut off gives what it holds, and says what was lost", async () => {
    const whole = `[\n${[...run(1000), ...run(2000)].join(",\n")}`;
    const trace = onlyTrace(await read(writeTrace(whole.slice(0, -20)), options));
    expect(trace.steps).toHaveLength(1);
    expect(codes(trace)[0]).toBe("partial-trace");
    expect(trace.dropped.map(({ what }) => what)).toEqual([
      "operations outside all runs",
      "bytes that could not be read",
    ]);
  });

  test("without an operator holds nothing; without a run it has no steps", async () => {
    expect(await read(write([loading]), options)).toMatchObject({
      status: "empty",
      reason: expect.stringContaining("loaded, but not run"),
    });
    await expect(read(write(run(0).slice(0, 3)), options)).rejects.toThrow(/holds no event "model_run" of a session/);
  });
});

describe("operators on a GPU", () => {
  const node = (at: number) =>
    event("Node", "mm_kernel_time", at, 4, { op_name: "MatMul", provider: "CUDAExecutionProvider" });
  const kernel = (at: number, dur: number) =>
    event("Kernel", "gemm", at, dur, {
      stream: "7",
      grid_x: "8",
      grid_y: "2",
      grid_z: "1",
      block_x: "128",
      block_y: "1",
      block_z: "1",
    });
  const ran = event("Session", "model_run", 100, 100);

  test("are refused where only their launches are timed", async () => {
    await expect(read(write([node(110), ran]), options)).rejects.toThrow(
      /holds times of the host for operators on "CUDAExecutionProvider".*record kernels instead/,
    );
  });

  test("are read as the kernels that follow them, launched when they began", async () => {
    const trace = onlyTrace(await read(write([node(110), kernel(120, 30), node(130), kernel(170, 10), ran]), options));
    expect(trace.identities).toEqual([{ name: "gemm", grid: [8, 2, 1], block: [128, 1, 1] }]);
    expect(trace.steps).toEqual([
      { identities: [0, 0], durations: [30_000, 10_000], idles: [20_000, 0], idleKinds: [2, 0] },
    ]);
    expect(trace.dropped).toEqual([{ what: "operators of which the kernels were read", count: 2 }]);
  });
});

// Source: the file's own events, read off by hand.
describe.skipIf(!havePublic("ort"))("a public profile of ONNX Runtime (needs ../shared/data)", () => {
  test("has three runs of three operators", async () => {
    const trace = onlyTrace(await read(publicTrace("ort/cpu_profile_onnxruntime_1.30.json"), options));
    expect(trace.identities.map(({ name }) => name)).toEqual(["MatMul mm", "Relu Relu_1", "Add add1"]);
    expect(trace.steps.map(({ durations, idles }) => [durations, idles])).toEqual([
      [
        [67_000, 8_000, 11_000],
        [6_000, 5_000, 0],
      ],
      [
        [13_000, 5_000, 7_000],
        [2_000, 5_000, 0],
      ],
      [
        [5_000, 4_000, 5_000],
        [5_000, 5_000, 0],
      ],
    ]);
    expect(trace.between).toEqual([269_000, 16_000]);
  });
});

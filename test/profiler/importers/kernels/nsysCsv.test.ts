import { kernelImporters } from "@partitune/profiler";
import { describe, expect, test } from "vitest";
import { onlyTrace, recognised, tracesOf } from "./handWritten.ts";
import { havePublic, publicTrace } from "./sharedTraces.ts";
import { made, writeTrace } from "./syntheticKineto.ts";

const { read } = kernelImporters["nsys-csv"];
const options = { task: "network", made };
const whole = { ...options, wholeTrace: true };
const write = (lines: readonly string[], name = "trace.csv") => writeTrace(lines.join("\n"), name);
const codes = (trace: { readonly warnings: readonly { readonly code: string }[] }) =>
  trace.warnings.map(({ code }) => code);

// Hand-written in the layouts of the releases; the same two kernels and copy in each.
const recent =
  "Start (ns),Duration (ns),CorrId,GrdX,GrdY,GrdZ,BlkX,BlkY,BlkZ,Reg/Trd,StcSMem (MB),DymSMem (MB),Bytes (MB),Throughput (MB/s),SrcMemKd,DstMemKd,Device,Ctx,GreenCtx,Strm,Name";
const middle = recent.replace("MB/s", "MBps").replace("GreenCtx,", "");
const old =
  "Start(sec),Duration(nsec),CorrId,GrdX,GrdY,GrdZ,BlkX,BlkY,BlkZ,Reg/Trd,StcSMem(bytes),DymSMem(bytes),Bytes,Thru(bytes/sec),SrcMemKd,DstMemKd,Device,Ctx,Strm,Name";
const device = "Tesla V100-SXM2-16GB (0)";
const rowsOf = (at: (ns: number) => string, duration: (ns: number) => string, green: string) => [
  `${at(5_000_000_001)},${duration(1_200)},1,50,4,1,256,1,1,32,0,0,,,,,${device},1,${green}7,"void f<(int)16, long>(char *, T2 *)"`,
  `${at(5_000_002_001)},${duration(300)},2,,,,,,,,,,0.001,5.0,Pinned,Device,${device},1,${green}7,[CUDA memcpy Host-to-Device]`,
  `${at(5_000_022_001)},${duration(4_000)},3,2,1,1,64,1,1,32,0,0,,,,,${device},1,${green}7,g`,
];
const ns = (value: number) => `${value}`;
const seconds = (value: number) => `${(value / 1e9).toFixed(9)}`;
const grouped = (value: number) => `"${value.toLocaleString("en-US")}"`;
const microseconds = (value: number) => `${value / 1000}`;
const preamble = [
  "NOTICE: Existing SQLite export found: trace.sqlite",
  "Processing [trace.sqlite] with [gputrace.py]...",
  "",
  " ** CUDA GPU Trace (cuda_gpu_trace):",
  "",
];

describe("a report of operations", () => {
  test.each([
    ["of a recent release", [recent, ...rowsOf(ns, ns, ",")]],
    ["of 2022, after other lines", [...preamble, middle, ...rowsOf(ns, ns, ""), ""]],
    ["of 2020, in seconds and ns", [old, ...rowsOf(seconds, ns, "")]],
    ["with thousands separated", [recent, ...rowsOf(grouped, grouped, ",")]],
    [
      "in µs",
      [
        recent.replace("Start (ns)", "Start (us)").replace("Duration (ns)", "Duration (usec)"),
        ...rowsOf(microseconds, microseconds, ","),
      ],
    ],
    [
      "with quotes, a byte order mark and carriage returns",
      [
        "\ufeff" +
          recent
            .split(",")
            .map((title) => `"${title}"`)
            .join(","),
        ...rowsOf(ns, ns, ","),
      ].map((line) => `${line}\r`),
    ],
  ])("%s is read to the ns", async (_, lines) => {
    const path = write(lines);
    expect(recognised(path)).toEqual(["nsys-csv"]);
    const trace = onlyTrace(await read(path, whole));
    expect(trace.identities).toEqual([
      { name: "void f<(int)16, long>(char *, T2 *)", grid: [50, 4, 1], block: [256, 1, 1] },
      { name: "[CUDA memcpy Host-to-Device]", grid: null, block: null },
      { name: "g", grid: [2, 1, 1], block: [64, 1, 1] },
    ]);
    expect(trace.steps).toEqual([
      { identities: [0, 1, 2], durations: [1_200, 300, 4_000], idles: [800, 19_700, 0], idleKinds: [0, 1, 0] },
    ]);
    expect(trace).toMatchObject({ deviceName: "Tesla V100-SXM2-16GB", dropped: [], gapsKnown: true });
    expect(codes(trace)).toContain("unknown-launches");
  });

  const row = (start: number, duration: number | string, name: string, correlation: number, more = {}) => {
    const { grid = "1,1,1,32,1,1", on = "GPU (0)" } = more as { readonly grid?: string; readonly on?: string };
    return `${start},${duration},${correlation},${grid},32,0,0,,,,,${on},1,,7,${name}`;
  };
  /** Steps of three kernels, 50 µs apart. */
  const steps = (count: number) =>
    Array.from({ length: count }, (_, step) =>
      ["a", "b", "a"].map((name, i) => row(100_000 * step + 15_000 * i, 10_000, name, 10 * step + i)),
    ).flat();

  test("has as steps the rounds of what repeats itself", async () => {
    const trace = onlyTrace(await read(write([recent, row(-50_000, 10, "warm", 900), ...steps(4)]), options));
    expect(trace.steps.map(({ durations }) => durations.length)).toEqual([3, 3, 3, 3]);
    expect(trace.between).toEqual([60_000, 60_000, 60_000]);
    expect(trace.dropped).toEqual([{ what: "operations outside all steps", count: 1 }]);
    expect(trace.warnings[0]!.cause).toMatch(/4 of 3 operations each, 92 % of all/);
    expect(onlyTrace(await read(write([recent, ...steps(5)]), { ...options, skipSteps: 2 })).steps).toHaveLength(3);
  });

  test("in which nothing repeats itself has no steps, unless it is one", async () => {
    const path = write([recent, ...steps(1)]);
    await expect(read(path, options)).rejects.toThrow(/its operations do not repeat themselves; take the whole trace/);
    expect(onlyTrace(await read(path, whole)).steps).toHaveLength(1);
    await expect(read(path, { ...options, stepMarker: "x" })).rejects.toThrow(/holds no ranges: --step-marker/);
  });

  test("of several devices is read device by device", async () => {
    const path = write([recent, row(0, 5, "a", 1), row(0, 5, "b", 2, { on: "GPU (1)" })]);
    expect(tracesOf(await read(path, whole)).map(({ device }) => device)).toEqual([0, 1]);
    const trace = onlyTrace(await read(path, { ...whole, device: 1 }));
    expect(trace.identities.map(({ name }) => name)).toEqual(["b"]);
    expect(trace.dropped).toEqual([{ what: "operations of other devices", count: 1 }]);
    await expect(read(path, { ...whole, device: 4 })).rejects.toThrow(/device 4 ran nothing.*choose one of 0, 1/);
  });

  test("counts the kernels of one call that follow each other as one graph, and says so", async () => {
    const lines = [row(0, 10, "a", 1), row(12, 10, "b", 1), row(50_000, 10, "c", 2), row(60_000, 5, "b", 3)];
    const trace = onlyTrace(await read(write([recent, ...lines]), whole));
    expect(trace.steps[0]!.durations).toEqual([22, 10, 5]);
    expect(trace.identities[0]!.name).toMatch(/^graph of 2 operations \([0-9a-f]{8}\)$/);
    expect(codes(trace)).toContain("graphs");
  });

  test("with correlations that come again later says so", async () => {
    const lines = [row(0, 10, "a", 1), row(20, 10, "b", 2), row(40, 10, "a", 1)];
    const trace = onlyTrace(await read(write([recent, ...lines]), whole));
    expect(trace.steps[0]!.durations).toEqual([10, 10, 10]);
    expect(trace.warnings.find(({ code }) => code === "shared-correlations")!.cause).toMatch(/^1 operations/);
  });

  test("leaves out and counts what cannot be read", async () => {
    const lines = [row(0, 10, "a", 1), row(20, -3, "b", 2), row(40, "-", "c", 3), "12,3", ' ** OS Runtime Summary "x"'];
    const trace = onlyTrace(await read(write([recent, ...lines], "trace.csv.gz"), whole));
    expect(trace.dropped).toEqual([
      { what: "lines that are no rows of the table", count: 2 },
      { what: "operations without a time or a duration", count: 1 },
      { what: "operations with a negative duration", count: 1 },
    ]);
    expect(await read(write([recent]), whole)).toMatchObject({ status: "empty" });
  });

  test("whose times seem 1000 times too long is doubted", async () => {
    const slow = Array.from({ length: 12 }, (_, i) => row(2e7 * i, 1e7, "a", i));
    expect(codes(onlyTrace(await read(write([recent, ...slow]), whole)))).toContain("clock-units");
  });

  test("with a unit that is not known is refused, and so is one without", async () => {
    for (const [title, problem] of [
      ["Start (ticks)", 'column "Start (ticks)" has the unit "ticks", which is not known'],
      ["Start", 'column "Start" has no unit'],
    ] as const) {
      const path = write([recent.replace("Start (ns)", title), row(0, 1, "a", 1)]);
      expect(recognised(path)).toEqual(["nsys-csv"]);
      await expect(read(path, whole)).rejects.toThrow(`trace.csv line 1: ${problem}; write one of ns, us, ms, s`);
    }
  });
});

describe("a report of kernels and their launches", () => {
  const header =
    "API Start (ns),API Dur (ns),Queue Start (ns),Queue Dur (ns),Kernel Start (ns),Kernel Dur (ns),Total Dur (ns),PID,TID,DevId,API Function,GridXYZ,BlockXYZ,Kernel Name";
  const row = (launch: number, start: number, duration: number) =>
    `${launch},50,,,${start},${duration},0,11,12,0,cudaLaunchKernel_v7000,   8    1    1,  64    1    1,"f(int, int)"`;

  test("tells idle times by what was launched before them", async () => {
    const path = write([header, row(100, 200, 50), row(120, 12_000, 100), row(50_000, 50_010, 10)]);
    const trace = onlyTrace(await read(path, whole));
    expect(trace.identities).toEqual([{ name: "f(int, int)", grid: [8, 1, 1], block: [64, 1, 1] }]);
    expect(trace.steps[0]).toMatchObject({ idles: [11_750, 37_910, 0], idleKinds: [2, 1, 0] });
    expect(codes(trace)).toContain("no-memory-operations");
    expect(codes(trace)).not.toContain("unknown-launches");
  });
});

describe("another report is refused with the one to export", () => {
  test.each([
    ["Time (%),Total Time (ns),Instances,Avg (ns),Med (ns),Min (ns),Max (ns),StdDev (ns),Name", /holds sums by kernel/],
    ["Time (%),Total Time (ns),Instances,Avg (ns),GridXYZ,BlockXYZ,Name", /holds sums by kernel/],
    ["Start (ns),Duration (ns),Name,Result,CorrID,Pid,Tid,T-Pri,Thread Name", /holds calls of the host/],
  ])("%s", async (header, expected) => {
    const path = write([header]);
    expect(recognised(path)).toEqual(["nsys-csv"]);
    await expect(read(path, options)).rejects.toThrow(expected);
    await expect(read(path, options)).rejects.toThrow(/nsys stats --report cuda_gpu_trace --format csv/);
  });

  test("and so is a table that is none of them", async () => {
    await expect(read(write(["a,b", "1,2"]), options)).rejects.toThrow(/holds no table of operations/);
  });
});

const emulated = "nsys/EMULATED_h100_2gpu_1s_cuda_gpu_trace.csv.gz";
describe.skipIf(!havePublic(emulated))("a public report (needs ../shared/data/nsys)", () => {
  // Source: counts of the public recording (3,442 kernels, 904 copies, 22 fills on two devices).
  test("has all operations of both devices", async () => {
    const traces = tracesOf(await read(publicTrace(emulated), whole));
    expect(traces.map(({ trace }) => trace.steps[0]!.durations.length)).toEqual([2184, 2184]);
  });

  test("of sums is refused", async () => {
    const path = publicTrace("nsys/EMULATED_h100_2gpu_1s_cuda_gpu_kern_sum.csv");
    await expect(read(path, options)).rejects.toThrow(/holds sums by kernel/);
  });
});

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { kernelImporters } from "@partitune/profiler";
import { describe, expect, test } from "vitest";
import { openSqlite } from "../../../../packages/profiler/src/importers/kernels/openSqlite.ts";
import { temporaryFolder } from "../../fixtures/temporaryFolder.ts";
import { onlyTrace, recognised, tracesOf, writeInto } from "./handWritten.ts";
import { havePublic, publicTrace } from "./sharedTraces.ts";
import { made } from "./syntheticKineto.ts";

const { read } = kernelImporters["nsys-sqlite"];
const options = { task: "network", made };
const whole = { ...options, wholeTrace: true };
const codes = (trace: { readonly warnings: readonly { readonly code: string }[] }) =>
  trace.warnings.map(({ code }) => code);

type Cell = number | bigint | string | null;

/** A hand-written export in the layout of Nsight Systems. */
function write(tables: Readonly<Record<string, readonly Readonly<Record<string, Cell>>[]>>): string {
  const path = join(temporaryFolder(), "trace.sqlite");
  const database = new DatabaseSync(path);
  database.exec("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY");
  for (const [table, rows] of Object.entries(tables)) {
    const first = rows[0] ?? { start: 0 };
    const columns = Object.keys(first);
    const typed = columns.map((name) => `"${name}" ${typeof first[name] === "string" ? "TEXT" : "INTEGER"}`);
    database.exec(`CREATE TABLE ${table} (${typed.join(", ")})`);
    const insert = database.prepare(`INSERT INTO ${table} VALUES (${columns.map(() => "?").join(", ")})`);
    for (const row of rows) insert.run(...columns.map((name) => row[name]!));
  }
  database.close();
  return path;
}

/** Times of a long session, beyond what a double holds. */
const session = 1_700_000_000_000_000_001n;
/** A process of a global id, as nsys packs them; large enough to leave no room for correlations in a double. */
const global = (process: number, thread = 0) => (1n << 48n) + (BigInt(process) << 24n) + BigInt(thread);
const names = [
  { id: 1, value: "void f<int>(int)" },
  { id: 2, value: "f" },
  { id: 3, value: "cudaLaunchKernel_v7000" },
  { id: 4, value: "step" },
  { id: 5, value: "cudaGraphLaunch_v10000" },
];

interface Placed {
  readonly process?: number;
  readonly device?: number;
  readonly node?: number | null;
}

const kernel = (start: number, duration: number, correlation: number, at: Placed = {}) => {
  const { process = 4_000_001, device = 0, node = null } = at;
  return {
    start: session + BigInt(start),
    end: session + BigInt(start + duration),
    deviceId: device,
    streamId: 7,
    correlationId: correlation,
    globalPid: global(process),
    demangledName: 1,
    shortName: 2,
    ...{ gridX: 4, gridY: 2, gridZ: 1, blockX: 64, blockY: 1, blockZ: 1 },
    graphNodeId: node,
  };
};
const call = (start: number, correlation: number, process = 4_000_001, nameId = 3) => ({
  start: session + BigInt(start),
  end: session + BigInt(start + 5),
  correlationId: correlation,
  globalTid: global(process, 99),
  nameId,
});
const range = (start: number, end: number, text: string | null, textId: number | null = null, process = 4_000_001) => ({
  start: session + BigInt(start),
  end: session + BigInt(end),
  eventType: 59,
  text,
  textId,
  globalTid: global(process, 99),
});
const copy = (start: number, duration: number, correlation: number, copyKind: number) => {
  const { start: from, end, deviceId, streamId, correlationId, globalPid } = kernel(start, duration, correlation);
  return { start: from, end, deviceId, streamId, correlationId, globalPid, copyKind };
};

const KERNEL = "CUPTI_ACTIVITY_KIND_KERNEL";
const RUNTIME = "CUPTI_ACTIVITY_KIND_RUNTIME";
const base = {
  StringIds: names,
  [KERNEL]: [kernel(1000, 100, 1), kernel(2000, 200, 2), kernel(31_000, 50, 4)],
  CUPTI_ACTIVITY_KIND_MEMCPY: [copy(15_000, 20, 3, 2), copy(31_100, 20, 5, 77)],
  [RUNTIME]: [call(0, 1), call(10, 2), call(20, 3), call(30_000, 4), call(31_090, 5)],
};

describe("an export", () => {
  test("is read by process and correlation, to the ns, and classed by its launches", async () => {
    const path = write(base);
    expect(recognised(path)).toEqual(["nsys-sqlite"]);
    const trace = onlyTrace(await read(path, whole));
    expect(trace.identities).toEqual([
      { name: "void f<int>(int)", grid: [4, 2, 1], block: [64, 1, 1] },
      { name: "[CUDA memcpy Device-to-Host]", grid: null, block: null },
      { name: "[CUDA memcpy of kind 77]", grid: null, block: null },
    ]);
    expect(trace.steps).toEqual([
      {
        identities: [0, 0, 1, 0, 2],
        durations: [100, 200, 20, 50, 20],
        idles: [900, 12_800, 15_980, 50, 0],
        idleKinds: [0, 2, 1, 1, 0],
      },
    ]);
    expect(trace).toMatchObject({ format: "nsys-sqlite", deviceName: null, dropped: [], gapsKnown: true });
  });

  test("has the ranges that are named as steps, of processes that use the device", async () => {
    const path = write({
      ...base,
      NVTX_EVENTS: [
        range(0, 15, "step 0"),
        range(15, 40_000, null, 4),
        range(0, 40_000, "step 7", null, 5),
        range(0, 40_000, "stepping"),
        { ...range(0, 40_000, "step 9"), eventType: 34 },
      ],
    });
    const trace = onlyTrace(await read(path, { ...options, stepMarker: "step" }));
    expect(trace.steps.map(({ durations }) => durations)).toEqual([
      [100, 200],
      [20, 50, 20],
    ]);
    expect(trace.between).toEqual([12_800]);
    await expect(read(path, { ...options, stepMarker: "epoch" })).rejects.toThrow(/holds no range named "epoch"/);
    await expect(read(path, options)).rejects.toThrow(/holds no steps: no range is named ProfilerStep#N/);
  });

  test("joins equal correlations of two processes each to its own launch", async () => {
    const path = write({
      ...base,
      [KERNEL]: [kernel(1000, 100, 1), kernel(21_000, 100, 1, { process: 4_000_002 })],
      CUPTI_ACTIVITY_KIND_MEMCPY: [],
      [RUNTIME]: [call(0, 1), call(20_000, 1, 4_000_002), call(500, 2)],
    });
    const trace = onlyTrace(await read(path, whole));
    expect(trace.steps[0]!.idleKinds).toEqual([1, 0]);
    expect(codes(trace)).toContain("several-processes");
    expect(codes(trace)).not.toContain("duplicated-correlations");
  });

  test("with a correlation that two launches of one process have says so", async () => {
    const path = write({ ...base, [RUNTIME]: [...base[RUNTIME], call(25, 3)] });
    expect(codes(onlyTrace(await read(path, whole)))).toContain("duplicated-correlations");
  });

  test("counts operations without a launch and leaves them out, and those with negative durations", async () => {
    const path = write({
      ...base,
      [KERNEL]: [...base[KERNEL], kernel(40_000, 5, 99), kernel(41_000, -5, 1)],
    });
    const trace = onlyTrace(await read(path, whole));
    expect(trace.dropped).toEqual([
      { what: "operations without a launch in the recording", count: 1 },
      { what: "operations with a negative duration", count: 1 },
    ]);
    expect(codes(trace)).toContain("unlaunched-operations");
  });

  test("counts a launched graph as one operation, whether its nodes were recorded or not", async () => {
    const nodes = [kernel(1000, 100, 1, { node: 8 }), kernel(1200, 100, 1, { node: 9 }), kernel(5000, 10, 2)];
    const path = write({
      ...base,
      [KERNEL]: nodes,
      CUPTI_ACTIVITY_KIND_MEMCPY: [],
      CUPTI_ACTIVITY_KIND_GRAPH_TRACE: [{ ...copy(9000, 70, 3, 0), graphId: 6 }],
      [RUNTIME]: [call(0, 1, undefined, 5), call(10, 2), call(20, 3, undefined, 5)],
    });
    const trace = onlyTrace(await read(path, whole));
    expect(trace.steps[0]!.durations).toEqual([300, 10, 70]);
    expect(trace.identities.map(({ name }) => name.replace(/\(.{8}\)/, "(digest)"))).toEqual([
      "graph of 2 operations (digest)",
      "void f<int>(int)",
      "graph 6",
    ]);
    expect(trace.warnings.find(({ code }) => code === "graphs")!.cause).toMatch(/^2 launches .* 1 of them with 2/);
  });

  test("of an old release, without calls, processes and names, is read as far as it goes", async () => {
    const rows = [0, 1, 2, 3, 4, 5].map((i) => {
      const { start, end, deviceId, gridX } = kernel(20_000 * i, 500, i);
      return { start, end, deviceId, gridX: gridX + (i % 2) };
    });
    const trace = onlyTrace(await read(write({ [KERNEL]: rows }), options));
    expect(trace.identities).toEqual([{ name: "(no name)", grid: null, block: null }]);
    expect(codes(trace)).toEqual(expect.arrayContaining(["unknown-launches", "found-steps"]));
    const named = write({
      [KERNEL]: base[KERNEL].map(({ globalPid: _, ...rest }) => rest),
      [RUNTIME]: base[RUNTIME],
      StringIds: names,
      TARGET_INFO_GPU: [{ id: 0, name: "Tesla V100", smCount: 80 }],
    });
    const joined = onlyTrace(await read(named, whole));
    expect(joined).toMatchObject({ deviceName: "Tesla V100", multiprocessors: 80, dropped: [] });
  });

  test("of several devices is read device by device", async () => {
    const path = write({ ...base, [KERNEL]: [kernel(0, 5, 1), kernel(0, 5, 2, { device: 3 })] });
    expect(tracesOf(await read(path, whole)).map(({ device }) => device)).toEqual([0, 3]);
    await expect(read(path, { ...whole, device: 1 })).rejects.toThrow(/choose one of 0, 3/);
  });

  test("is left as it was: nothing is written to it or beside it", async () => {
    const path = write(base);
    const before = readFileSync(path);
    await read(path, whole);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(dirname(path))).toEqual(["trace.sqlite"]);
    const database = await openSqlite(path);
    expect(() => database.exec("CREATE INDEX i ON StringIds(id)")).toThrow(/readonly/);
    database.close();
  });

  test("gives away nothing of the environment that it holds", async () => {
    const secret = "TOKEN=synthetic-secret";
    const path = write({
      ...base,
      StringIds: [...names, { id: 9, value: secret }],
      TARGET_INFO_SYSTEM_ENV: [{ name: "environment", value: secret }],
      META_DATA_CAPTURE: [{ name: "COMMAND", value: secret }],
    });
    expect(JSON.stringify(await read(path, whole))).not.toContain("synthetic-secret");
    await expect(read(path, options)).rejects.toThrow(expect.not.stringContaining("synthetic-secret"));
  });
});

describe("another file", () => {
  test("of another schema is refused; one without activities holds nothing", async () => {
    await expect(read(write({ people: [{ name: "x" }] }), options)).rejects.toThrow(
      /is an SQLite file of another schema: it has no tables of CUDA activities; give what nsys export/,
    );
    expect(await read(write({ [RUNTIME]: [call(0, 1)], StringIds: names }), options)).toMatchObject({
      status: "empty",
    });
  });

  test("that is damaged or packed is refused", async () => {
    const bytes = readFileSync(write(base));
    const cut = writeInto(temporaryFolder(), "cut.sqlite", bytes.subarray(0, bytes.length - 6000));
    await expect(read(cut, whole)).rejects.toThrow(/file "cut.sqlite" cannot be (?:read|opened) as SQLite/);
    const text = writeInto(temporaryFolder(), "text.sqlite", "no database ".repeat(100));
    await expect(read(text, whole)).rejects.toThrow(
      /cannot be opened as SQLite \(file is not a database\); .*unpack it/,
    );
  });
});

test("SQLite is loaded without a word, and other warnings pass", () => {
  const module = join(import.meta.dirname, "../../../../packages/profiler/src/importers/kernels/openSqlite.ts");
  const script = `import { openSqlite } from ${JSON.stringify(module)};
    const emitWarning = process.emitWarning;
    (await openSqlite(process.argv[1])).close();
    if (process.emitWarning !== emitWarning) throw new Error("warnings are still held back");
    process.emitWarning("another warning");`;
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script, write(base)], {
    encoding: "utf8",
  });
  expect(stderr).toContain("another warning");
  expect(stderr).not.toMatch(/SQLite|Error/);
  expect(status).toBe(0);
});

const recording = "nsys/h100_2gpu_1s.sqlite";
const emulated = "nsys/EMULATED_h100_2gpu_1s_cuda_gpu_trace.csv.gz";
describe.skipIf(!havePublic(recording, emulated))("public recordings (needs ../shared/data/nsys)", () => {
  // Source: the recording's own tables, 905 kernels and 233 copies and fills of device 0 having no call in it.
  test("of two devices: launches before the recording are missed, and counted", async () => {
    const trace = onlyTrace(await read(publicTrace(recording), { ...whole, device: 0 }));
    expect(trace.steps[0]!.durations).toHaveLength(1046);
    expect(trace.dropped).toEqual([
      { what: "operations of other devices", count: 2184 },
      { what: "operations without a launch in the recording", count: 1138 },
    ]);
    const found = onlyTrace(await read(publicTrace(recording), { ...options, device: 0 }));
    expect(found.steps.map(({ durations }) => durations.length)).toEqual(Array(8).fill(78));
  });

  test("and the report made of one name the same operations and take the same time", async () => {
    const csv = onlyTrace(await kernelImporters["nsys-csv"].read(publicTrace(emulated), { ...whole, device: 0 }));
    const { identities, steps } = onlyTrace(await read(publicTrace(recording), { ...whole, device: 0 }));
    const names = steps[0]!.identities.map((id) => identities[id]!);
    const last = csv.steps[0]!.identities.slice(-names.length).map((id) => csv.identities[id]!);
    expect(names.slice(-500)).toEqual(last.slice(-500));
    expect(steps[0]!.durations.slice(-500)).toEqual(csv.steps[0]!.durations.slice(-500));
    expect(steps[0]!.idles.slice(-500)).toEqual(csv.steps[0]!.idles.slice(-500));
  });

  test("of one device, synthetic: 400 kernels of 1 ms, 10 µs apart", async () => {
    const trace = onlyTrace(await read(publicTrace("nsys/synthetic_healthy_1pct.sqlite"), whole));
    expect(trace.deviceName).toBe("NVIDIA H100 80GB HBM3");
    expect(trace.steps[0]!.durations).toEqual(Array(400).fill(1_000_000));
    expect(trace.steps[0]!.idles).toEqual([...Array(399).fill(10_000), 0]);
    expect(trace.steps[0]!.idleKinds.slice(0, -1)).toEqual(Array(399).fill(1));
  });
});

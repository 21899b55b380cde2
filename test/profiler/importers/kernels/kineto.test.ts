import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { InputError, kernelTrace } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readKineto } from "../../../../packages/profiler/src/importers/kernels/kineto.ts";
import {
  eventText,
  kernelEvents,
  launchEvent,
  made,
  type SyntheticEvent,
  stepEvent,
  traceText,
  writeTrace,
} from "./syntheticKineto.ts";

interface Asked {
  readonly device?: number;
  readonly skipSteps?: number;
  readonly stepMarker?: string;
  readonly wholeTrace?: boolean;
}

/** All traces of a text, checked against the schema. */
async function readAll(text: string, asked: Asked = {}, name?: string) {
  const read = await readKineto(writeTrace(text, name), { task: "synthetic", made, ...asked });
  if (read.status === "empty") throw new Error(read.reason);
  for (const { trace } of read.traces) kernelTrace.parse(trace);
  return read.traces;
}

async function readOne(text: string, asked: Asked = {}, name?: string) {
  const traces = await readAll(text, asked, name);
  expect(traces).toHaveLength(1);
  return traces[0]!.trace;
}

const codes = (trace: { readonly warnings: readonly { readonly code: string }[] }) =>
  trace.warnings.map(({ code }) => code);
const dropped = (trace: { readonly dropped: readonly { readonly what: string; readonly count: number }[] }) =>
  Object.fromEntries(trace.dropped.map(({ what, count }) => [what, count]));

/** Three steps of 1000 µs with two kernels each: 20 µs from 110 µs on and 10 µs from 150 µs on. */
const events: readonly SyntheticEvent[] = [0, 1, 2].flatMap((step) => [
  stepEvent(step + 5, 1000 * step, 1000),
  ...kernelEvents({
    launch: 1000 * step + 100,
    start: 1000 * step + 110,
    duration: 20,
    correlation: 2 * step + 1,
    name: "first",
  }),
  ...kernelEvents({
    launch: 1000 * step + 120,
    start: 1000 * step + 150,
    duration: 10,
    correlation: 2 * step + 2,
    name: "second",
  }),
]);

const expected = {
  identities: ["first", "second"].map((name) => ({ name, grid: [1, 1, 1], block: [32, 1, 1] })),
  steps: new Array(3).fill({ identities: [0, 1], durations: [20_000, 10_000], idles: [20_000, 0], idleKinds: [2, 0] }),
  between: [950_000, 950_000],
  deviceName: "synthetic device",
  multiprocessors: 100,
  dropped: [],
};

describe("a trace is the same", () => {
  test.each(["synthetic.json", "synthetic.pt.trace.json.gz"])("from %s", async (name) => {
    const trace = await readOne(traceText(events), {}, name);
    expect(trace).toMatchObject(expected);
    expect(codes(trace)).toEqual(["traced-idle-times"]);
  });

  test("as a bare array, but for the device's name", async () => {
    const trace = await readOne(`[${events.map(eventText).join(",")}]`);
    expect(trace).toMatchObject({ ...expected, deviceName: null, multiprocessors: null });
  });

  test("with the categories of 2021, and steps that are operators", async () => {
    const old: Record<string, string> = { kernel: "Kernel", cuda_runtime: "Runtime", user_annotation: "Operator" };
    const renamed = events.map((event) => ({ ...event, cat: old[event.cat]! }));
    expect(await readOne(traceText(renamed))).toMatchObject(expected);
  });

  test("whatever the order of the events and of their fields", async () => {
    const host = { cat: "cpu_op", name: "aten::add", ts: "3", dur: "4", args: { "Call stack": '}"{' } };
    const turned = events.toReversed().flatMap((event) => [host, event]);
    const text = turned.map(({ cat, name, ts, dur, args }) =>
      JSON.stringify({ name, args, dur: Number(dur), ts: Number(ts), cat, ph: "X", pid: "0", tid: "stream 7" }),
    );
    expect(await readOne(`{"traceEvents":[${text.join(",")}]}`)).toMatchObject({ steps: expected.steps });
  });

  test.each([
    ["epoch µs with three decimals", "1712195495519761.132", (us: number) => `${1712195495519761n + BigInt(us)}.132`],
    ["integer epoch µs", "1712195495519761", (us: number) => `${1712195495519761n + BigInt(us)}`],
    ["µs after a base", "4458676416788.066", (us: number) => `${4458676416788n + BigInt(us)}.066`],
  ])("with times in %s, such as %s", async (_, __, shift) => {
    const shifted = events.map((event) => ({ ...event, ts: shift(Number(event.ts)) }));
    expect(await readOne(traceText(shifted))).toMatchObject(expected);
  });
});

test("times are exact to the ns where a double resolves a quarter of a µs", async () => {
  const at = (us: string) => `1712195495519${us}`;
  const kernel = (ts: string, dur: string, correlation: number): SyntheticEvent[] => [
    { cat: "kernel", name: "k", ts: at(ts), dur, args: { device: 0, stream: 7, correlation } },
    launchEvent(Number(at("000")), correlation),
  ];
  const step = { cat: "user_annotation", name: "ProfilerStep#1", ts: at("000"), dur: "999", args: {} };
  const text = traceText([step, ...kernel("100.001", "1.001", 1), ...kernel("101.103", "2.5", 2)]);
  expect((await readOne(text)).steps[0]).toMatchObject({ durations: [1001, 2500], idles: [101, 0] });
});

describe("identities", () => {
  const step = stepEvent(1, 0, 1000);

  test("have no geometry where the trace has none that is one", async () => {
    const odd = [[1.5, 1, 1], "1,1,1", [], [1, 2, 3, 4], null, [2]].map((grid, correlation) =>
      kernelEvents({ launch: correlation, start: 10 * correlation, duration: 1, correlation, more: { grid } }),
    );
    const trace = await readOne(traceText([step, ...odd.flat()]));
    expect(trace.identities.map(({ grid }) => grid)).toEqual([null, [2, 1, 1]]);
  });

  test("of copies and fills are their names alone", async () => {
    const text = traceText([
      step,
      launchEvent(1, 1, "cudaMemcpyAsync"),
      {
        cat: "gpu_memcpy",
        name: "Memcpy HtoD (Pageable -> Device)",
        ts: "5",
        dur: "1",
        args: { device: 0, stream: 7, correlation: 1 },
      },
      launchEvent(2, 2, "cudaMemsetAsync"),
      { cat: "Memset", name: "Memset (Device)", ts: "7", dur: "1", args: { device: 0, stream: 7, correlation: 2 } },
    ]);
    expect((await readOne(text)).identities).toEqual([
      { name: "Memcpy HtoD (Pageable -> Device)", grid: null, block: null },
      { name: "Memset (Device)", grid: null, block: null },
    ]);
  });

  test("on ROCm have the geometry of their launch, in blocks even where it counts work-items", async () => {
    const rocm = (name: string, correlation: number): SyntheticEvent[] => [
      {
        cat: "cuda_runtime",
        name,
        ts: `${correlation}`,
        dur: "1",
        args: { correlation, stream: "0x0", grid: [513, 8, 1], block: [256, 2, 1] },
      },
      {
        cat: "kernel",
        name: "k",
        ts: `${10 * correlation}`,
        dur: "5",
        pid: 2,
        args: { device: 2, stream: "0x7f", correlation },
      },
    ];
    const trace = await readOne(
      traceText([step, ...rocm("hipLaunchKernel", 1), ...rocm("hipExtModuleLaunchKernel", 2)]),
    );
    expect(trace.identities).toEqual([
      { name: "k", grid: [513, 8, 1], block: [256, 2, 1] },
      { name: "k", grid: [3, 4, 1], block: [256, 2, 1] },
    ]);
  });

  test("are the same for the same name and geometry in other spellings", async () => {
    const text = traceText([step, ...kernelEvents({ launch: 1, start: 5, duration: 1, correlation: 1, name: "é" })]);
    const again = [
      eventText(launchEvent(2, 2)),
      '{"cat":"kernel","ph":"X","name":"\\u00e9","ts":9,"dur":1,"args":{"correlation":2,"device":0,"stream":7,"grid":[ 1,1,1 ],"block":[32,1,1]}}',
    ];
    const trace = await readOne(text.replace('"traceEvents": [', `"traceEvents": [${again.join(",")},`));
    expect(trace.identities).toEqual([{ name: "é", grid: [1, 1, 1], block: [32, 1, 1] }]);
  });

  test("hold no call stack, path or name of a process", async () => {
    const secret = "/opt/secret/model.py(1): forward";
    const text = traceText([
      ...events.map((event) => ({
        ...event,
        args: { ...event.args, "Call stack": secret, "Module Hierarchy": secret },
      })),
      { cat: "python_function", name: secret, ts: "1", dur: "5", args: {} },
      { cat: "", name: "process_name", ph: "M", ts: "0", args: { name: secret } },
    ]).replace("synthetic.json", secret);
    expect(JSON.stringify(await readOne(text))).not.toContain("secret");
  });
});

describe("operations belong to steps by their launches", () => {
  test("though the device runs one step behind", async () => {
    const late = [0, 1, 2].flatMap((step) => [
      stepEvent(step, 100 * step, 100),
      ...kernelEvents({
        launch: 100 * step + 99,
        start: 100 * step + 150,
        duration: 20,
        correlation: step,
        name: `k${step}`,
      }),
    ]);
    const trace = await readOne(traceText(late));
    expect(trace.steps.map(({ identities }) => identities)).toEqual([[0], [1], [2]]);
  });

  test("those without one, outside all steps, and steps without any are counted", async () => {
    const text = traceText([
      ...events,
      { cat: "kernel", name: "captured", ts: "105", dur: "1", args: { device: 0, stream: 7, correlation: 99 } },
      { cat: "kernel", name: "none", ts: "106", dur: "1", args: { device: 0, stream: 7 } },
      ...kernelEvents({ launch: 4000, start: 4010, duration: 1, correlation: 50 }),
      stepEvent(9, 5000, 10),
      launchEvent(500, 60),
      launchEvent(501, 61, "cudaDeviceSynchronize"),
    ]);
    const trace = await readOne(text);
    expect(trace).toMatchObject({ steps: expected.steps });
    expect(dropped(trace)).toEqual({
      "operations without a launch in the trace": 2,
      "operations launched outside all steps": 1,
      "steps without operations": 1,
      "launches whose execution is not in the trace": 1,
    });
    expect(codes(trace)).toContain("unlaunched-operations");
  });

  test("of several launches of one correlation the last before the operation counts, and it is said", async () => {
    const text = traceText([...events, launchEvent(2900, 1), launchEvent(1, 1)]);
    const trace = await readOne(text);
    expect(trace).toMatchObject({ steps: expected.steps });
    expect(codes(trace)).toContain("duplicated-correlations");
    const shared = await readOne(
      traceText([...events, { ...kernelEvents({ launch: 0, start: 140, duration: 1, correlation: 1 })[1]! }]),
    );
    expect(shared.steps[0]!.identities).toHaveLength(3);
    expect(codes(shared)).toContain("shared-correlations");
  });

  test("which a release may write twice, as an annotation and as an operator", async () => {
    const twice = events.flatMap((event) =>
      event.cat === "user_annotation" ? [event, { ...event, cat: "cpu_op" }] : [event],
    );
    const trace = await readOne(traceText(twice));
    expect(trace).toMatchObject({ steps: expected.steps, dropped: [] });
    expect(codes(trace)).not.toContain("overlapping-steps");
  });

  test("and warm-up can be skipped, but not everything", async () => {
    const trace = await readOne(traceText(events), { skipSteps: 2 });
    expect(trace).toMatchObject({ steps: expected.steps.slice(2), between: [] });
    expect(dropped(trace)).toEqual({ "steps skipped at the beginning": 2, "operations of skipped steps": 4 });
    expect(codes(trace)).toContain("few-steps");
    await expect(readOne(traceText(events), { skipSteps: 3 })).rejects.toThrow(
      /holds only 3 steps, all of which are skipped/,
    );
  });
});

describe("a launch of a graph is one operation", () => {
  const graph = (launch: number, correlation: number, order: readonly string[]): SyntheticEvent[] => [
    launchEvent(launch, correlation, "cudaGraphLaunch"),
    ...order.map((name, i) => ({
      cat: "kernel",
      name,
      ts: `${launch + 10 + 20 * i}`,
      dur: "5",
      args: {
        device: 0,
        stream: 7 + i,
        correlation,
        "graph id": 3,
        "graph node id": 40 + i,
        grid: [1, 1, 1],
        block: [32, 1, 1],
      },
    })),
  ];

  test("from its first start to its last end, known by what it ran in whatever order, and marked", async () => {
    const text = traceText([
      stepEvent(1, 0, 200),
      ...graph(10, 1, ["a", "b", "b"]),
      ...kernelEvents({ launch: 100, start: 110, duration: 5, correlation: 2, name: "plain" }),
      stepEvent(2, 200, 200),
      ...graph(210, 3, ["b", "a", "b"]),
      ...graph(300, 4, ["a", "b"]),
    ]);
    const trace = await readOne(text);
    expect(trace.identities.map(({ name }) => name)).toEqual([
      expect.stringMatching(/^graph of 3 operations \([0-9a-f]{8}\)$/),
      "plain",
      expect.stringMatching(/^graph of 2 operations/),
    ]);
    expect(trace.steps).toMatchObject([
      { identities: [0, 1], durations: [45_000, 5_000], idles: [45_000, 0], idleKinds: [1, 0] },
      { identities: [0, 2], durations: [45_000, 25_000] },
    ]);
    expect(trace.warnings.find(({ code }) => code === "graphs")?.cause).toMatch(
      /3 launches of graphs ran 8 operations/,
    );
  });
});

describe("a file that holds several devices", () => {
  const text = traceText([
    ...events,
    ...kernelEvents({ launch: 500, start: 510, duration: 1, correlation: 70, device: 1, name: "other" }),
  ]);

  test("gives a trace for each, and says what it left to the others", async () => {
    const traces = await readAll(text);
    expect(traces.map(({ device, trace }) => [device, trace.deviceName, trace.steps.length, dropped(trace)])).toEqual([
      [0, "synthetic device", 3, { "operations of other devices": 1 }],
      [1, null, 1, { "operations of other devices": 6, "steps without operations": 2 }],
    ]);
  });

  test("can be asked for one of them", async () => {
    expect((await readOne(text, { device: 1 })).identities.map(({ name }) => name)).toEqual(["other"]);
    await expect(readOne(text, { device: 4 })).rejects.toThrow(
      /device 4 ran nothing in "synthetic.json"; choose one of 0, 1/,
    );
  });
});

describe("a file without steps", () => {
  const train = events.map((event) => ({ ...event, name: event.name.replace("ProfilerStep", "train") }));

  test("says which annotations repeat, and takes the one that is chosen, or the whole trace", async () => {
    const unnamed = [1, 2].map((ts) => ({
      cat: "user_annotation",
      name: "zero grad",
      ts: `${ts}`,
      dur: "1",
      args: {},
    }));
    const text = traceText([...train, ...unnamed]);
    await expect(readOne(text)).rejects.toThrow(
      /holds no steps: no annotation is named ProfilerStep#N; .*--step-marker.*--whole-trace.*"zero grad" \(2 times\)/,
    );
    expect(await readOne(text, { stepMarker: "train" })).toMatchObject(expected);
    await expect(readOne(text, { stepMarker: "trai" })).rejects.toThrow(/no annotation is named "trai"/);
    const whole = await readOne(text, { wholeTrace: true });
    expect(whole.steps).toMatchObject([{ identities: [0, 1, 0, 1, 0, 1] }]);
    expect(whole.steps[0]!.idleKinds).toEqual([2, 1, 2, 1, 2, 0]);
  });
});

describe("a sound file with nothing to import says so", () => {
  const reasonOf = async (text: string) => {
    const read = await readKineto(writeTrace(text), { task: "synthetic", made });
    return read.status === "empty" ? read.reason : read.traces;
  };

  test("when nothing ran on a device", async () => {
    const host = [stepEvent(1, 0, 10), { cat: "cpu_op", name: "aten::add", ts: "1", dur: "1" }];
    expect(await reasonOf(traceText(host))).toMatch(
      /holds no operation of a device: 2 events; record it with the activities CPU and CUDA/,
    );
    expect(await reasonOf('{"traceEvents": []}')).toMatch(/0 events/);
  });

  test("when all of it was launched outside the steps", async () => {
    const text = traceText([
      stepEvent(1, 0, 10),
      ...kernelEvents({ launch: 20, start: 30, duration: 1, correlation: 1 }),
    ]);
    expect(await reasonOf(text)).toMatch(/no operation that was launched inside its 1 steps; .*--whole-trace/);
  });
});

describe("a damaged file gives what can be read of it, and says what was lost", () => {
  const text = traceText(events);

  test("when it is cut off", async () => {
    const cut = text.lastIndexOf('{"ph"');
    const trace = await readOne(text.slice(0, cut + 30));
    expect(trace.steps.map(({ identities }) => identities.length)).toEqual([2, 2, 1]);
    expect(dropped(trace)).toMatchObject({ "bytes that could not be read": 30 });
    expect(trace.warnings[0]).toMatchObject({
      code: "partial-trace",
      cause: expect.stringContaining(`ends at byte ${cut} of ${cut + 30}; 14 events were read`),
    });
  });

  test("when it is packed and cut off", async () => {
    const long = traceText(
      Array.from({ length: 400 }, (_, i) =>
        events.map((event) => ({
          ...event,
          ts: `${Number(event.ts) + 3000 * i}`,
          args: { ...event.args, salt: (i * 2654435761) % 4294967296 },
        })),
      ).flat(),
    );
    const packed = gzipSync(long);
    const path = writeTrace("", "cut.json");
    writeFileSync(path, packed.subarray(0, Math.floor(packed.length / 2)));
    const read = await readKineto(path, { task: "synthetic", made });
    if (read.status === "empty") throw new Error(read.reason);
    const [{ trace }] = read.traces as [(typeof read.traces)[0]];
    expect(trace.steps.length).toBeGreaterThan(100);
    expect(codes(trace)).toContain("partial-trace");
  });

  test("when a second document follows", async () => {
    const trace = await readOne(`${text}\n${text}`);
    expect(trace).toMatchObject({ steps: expected.steps });
    expect(trace.warnings[0]!.cause).toContain(`a second document follows the trace at byte ${text.length + 1}`);
  });

  test("but not when nothing can be read", async () => {
    await expect(readOne("PK no trace")).rejects.toThrow(
      /is no Chrome trace: nothing could be read of it up to byte 0/,
    );
    await expect(readOne("")).rejects.toThrow(/is no Chrome trace/);
    await expect(readKineto(import.meta.dirname, { task: "synthetic", made })).rejects.toThrow(
      /cannot be read \(EISDIR\)/,
    );
    await expect(readKineto("missing.json", { task: "synthetic", made })).rejects.toThrow(
      /"missing.json" cannot be read \(ENOENT\)/,
    );
  });
});

test("whatever happens to a file's bytes, the answer is a sound trace, nothing to import, or bad input", async () => {
  const bytes = new TextEncoder().encode(traceText(events));
  const damage = fc.record({
    at: fc.nat(bytes.length - 1),
    gone: fc.nat(40),
    put: fc.uint8Array({ maxLength: 6 }),
    digits: fc.stringMatching(/^[-0-9.eE"{}[\],:]{0,8}$/),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), fc.boolean(), async (damages, text) => {
      let damaged: Uint8Array = bytes;
      for (const { at, gone, put, digits } of damages) {
        const inserted = text ? new TextEncoder().encode(digits) : put;
        damaged = Buffer.concat([damaged.subarray(0, at), inserted, damaged.subarray(at + gone)]);
      }
      const path = writeTrace("");
      writeFileSync(path, damaged);
      const answer = await readKineto(path, { task: "synthetic", made }).catch((error: unknown) => error);
      if (answer instanceof InputError) return;
      expect(answer).toHaveProperty("status");
      for (const { trace } of (answer as { traces?: readonly { trace: object }[] }).traces ?? [])
        kernelTrace.parse(trace);
    }),
    { numRuns: 300, seed: 9 },
  );
});

describe("times that cannot be", () => {
  test("are left out and counted: negative durations, and none", async () => {
    const kernel = (dur: string | undefined, ts = "140"): SyntheticEvent => ({
      cat: "kernel",
      name: "odd",
      ts,
      ...(dur === undefined ? {} : { dur }),
      args: { device: 0, stream: 7, correlation: 1 },
    });
    const trace = await readOne(
      traceText([...events, kernel("-5"), kernel(undefined), kernel("5", "null"), kernel('"?"')]),
    );
    expect(trace).toMatchObject({ steps: expected.steps });
    expect(dropped(trace)).toEqual({
      "operations without a time or a duration": 3,
      "operations with a negative duration": 1,
    });
  });

  const long = Array.from({ length: 3 }, (_, step) => [
    stepEvent(step, 1000 * step, 1000),
    ...Array.from({ length: 20 }, (_, i) =>
      kernelEvents({
        launch: 1000 * step + 40 * i,
        start: 1000 * step + 40 * i + 20,
        duration: 10,
        correlation: 20 * step + i,
      }),
    ).flat(),
  ]).flat();
  const scaled = (ts: number, dur: number) =>
    traceText(long.map((event) => ({ ...event, ts: `${Number(event.ts) * ts}`, dur: `${Number(event.dur) * dur}` })));
  const clockCauses = async (text: string) =>
    (await readOne(text)).warnings.filter(({ code }) => code === "clock-units").map(({ cause }) => cause);

  test.each([
    ["right", 1, 1, []],
    ["ns", 1000, 1000, [/half of its operations take more than 5 ms/]],
    ["ms", 0.001, 0.001, [/less than 500 ns: times seem 1000 times too short/]],
    [
      "durations in ns",
      1,
      1000,
      [/add up to .* times the time in which they run/, /steps begin 0.0010 times as far apart/],
    ],
    ["durations in ms", 1, 0.001, [/less than 500 ns/, /steps begin 1.0e\+3 times as far apart/]],
  ])("are doubted when units are wrong by 1000: %s", async (_, ts, dur, causes) => {
    const found = await clockCauses(scaled(ts, dur)).catch((error: Error) => [error.message]);
    expect(found.length).toBeGreaterThanOrEqual(causes.length);
    for (const cause of causes) expect(found).toContainEqual(expect.stringMatching(cause));
    if (causes.length === 0) expect(found).toEqual([]);
  });

  test("are doubted when they begin far in the future, as ns since 1970 do when taken for µs", async () => {
    const text = traceText(
      long.map((event) => ({
        ...event,
        ts: `${1712195495519761132n + BigInt(event.ts) * 1000n}`,
        dur: `${Number(event.dur) * 1000}`,
      })),
    );
    expect(await clockCauses(text)).toContainEqual(
      expect.stringMatching(/begins at 1712195495519761132 µs, far in the future/),
    );
  });

  test("overlaps on one stream and of several are told apart", async () => {
    const overlapping = (stream: number) =>
      traceText([
        stepEvent(1, 0, 100),
        ...kernelEvents({ launch: 1, start: 10, duration: 20, correlation: 1 }),
        ...kernelEvents({ launch: 2, start: 20, duration: 20, correlation: 2, stream }),
      ]);
    expect(codes(await readOne(overlapping(7)))).toContain("overlaps-on-stream");
    expect(codes(await readOne(overlapping(8)))).toContain("overlaps-of-streams");
    expect(await readOne(overlapping(8))).toMatchObject({ steps: [{ durations: [20_000, 10_000] }] });
  });
});

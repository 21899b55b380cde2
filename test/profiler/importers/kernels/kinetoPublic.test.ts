import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { collectKineto } from "../../../../packages/profiler/src/importers/kernels/collectKineto.ts";
import { readKineto } from "../../../../packages/profiler/src/importers/kernels/kineto.ts";
import { readChunks } from "../../../../packages/profiler/src/importers/kernels/readChunks.ts";
import { made } from "./syntheticKineto.ts";

const shared = join(import.meta.dirname, "../../../../../shared/data");
const present = ["kineto", "hta", "kernel-fill"].every((folder) => existsSync(join(shared, folder)));

const resnet = "kineto/resnet50_num_workers_0/worker0";
const goldens = [
  ["resnet50_train_w0_a", `${resnet}.1623143089861.pt.trace.json.gz`],
  ["resnet50_train_w0_b", `${resnet}.1623143566756.pt.trace.json.gz`],
  ["resnet_train_v100_ns", "hta/resnet_train_v100_ns_epoch.json.gz"],
  ["train_a100_lowutil", "hta/train_a100_lowutil_relative.json.gz"],
] as const;

interface Golden {
  readonly gpu: string;
  readonly ids: readonly string[];
  readonly steps: readonly (readonly (readonly number[])[])[];
}

// Source: the chains of an independent importer that come with the public traces; times in integer ns.
describe.skipIf(!present)("public traces and their chains (needs ../shared/data)", () => {
  test.each(goldens)("%s: identities, times and kinds of idle times are equal to the ns", async (chain, file) => {
    const golden = JSON.parse(readFileSync(join(shared, "kernel-fill", `${chain}.chain.json`), "utf8")) as Golden;
    const read = await readKineto(join(shared, file), { task: chain, made });
    if (read.status === "empty") throw new Error(read.reason);
    expect(read.traces).toHaveLength(1);
    const { trace } = read.traces[0]!;
    expect(trace.deviceName).toBe(golden.gpu);
    expect(
      trace.identities.map(({ name, grid, block }) => (grid === null ? name : `${name}|${grid}|${block}`)),
    ).toEqual(golden.ids);
    const rows = trace.steps.map(({ identities, durations, idles, idleKinds }) =>
      identities.map((id, i) => [id, durations[i]!, idles[i]!, idleKinds[i]!]),
    );
    expect(rows).toEqual(golden.steps);
    expect(trace.dropped).toEqual([]);
  });
});

interface ParsedEvent {
  readonly ph: string;
  readonly cat?: string;
  readonly name: string;
  readonly ts: string;
  readonly dur?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

const onDevice = new Set(["kernel", "gpu_memcpy", "gpu_memset", "memcpy", "memset"]);
const calls = new Set(["cuda_runtime", "cuda_driver", "runtime"]);

/** The same by JSON.parse, times kept as their digits and turned into ns by big integers. */
function parseWhole(path: string) {
  const text = gunzipSync(readFileSync(path))
    .toString()
    .replaceAll(/"(ts|dur)": ([\d.]+)/g, '"$1": "$2"');
  const { traceEvents } = JSON.parse(text) as { readonly traceEvents: readonly ParsedEvent[] };
  const complete = traceEvents.filter(({ ph, cat }) => ph === "X" && cat !== undefined);
  const operations = complete.filter(({ cat }) => onDevice.has(cat!.toLowerCase()));
  const launches = complete.filter(({ cat, args }) => calls.has(cat!.toLowerCase()) && args?.correlation !== undefined);
  return { events: traceEvents.length, operations, launches };
}

function nanoseconds(text: string): bigint {
  const [whole = "", decimals = ""] = text.split(".");
  return BigInt(whole) * 1000n + BigInt(decimals.padEnd(3, "0"));
}

const files = [
  `${resnet}.1623143089861.pt.trace.json.gz`,
  ...[
    "alexnet_a100_sync_events",
    "cpu_only",
    "cuda_event_sync",
    "minitoy_train_mi250_rocm",
    "multi_stream_sampled_rank0",
    "resnet_train_v100_ns_epoch",
    "simple_add",
    "train_a100_lowutil_relative",
  ].map((name) => `hta/${name}.json.gz`),
];

describe.skipIf(!present)("public traces, every generation (needs ../shared/data)", () => {
  test.each(files)("%s: what is read event by event is what JSON.parse reads", async (file) => {
    const parsed = parseWhole(join(shared, file));
    const { operations, launches, textOf, origin, end } = await collectKineto(
      await readChunks(join(shared, file)),
      "ProfilerStep",
    );
    expect(end).toMatchObject({ status: "complete", events: parsed.events });
    const base = (origin ?? 0n) * 1000n;
    const since = ({ ts }: ParsedEvent) => Number(nanoseconds(ts) - base);
    const textAt = (id: number) => (id < 0 ? undefined : textOf(id));
    expect([...operations.starts]).toEqual(parsed.operations.map(since));
    expect([...operations.durations]).toEqual(parsed.operations.map(({ dur }) => Number(nanoseconds(dur!))));
    expect([...operations.correlations]).toEqual(parsed.operations.map(({ args }) => args!.correlation));
    expect([...operations.devices]).toEqual(parsed.operations.map(({ args }) => args!.device));
    expect([...operations.streams]).toEqual(parsed.operations.map(({ args }) => args!.stream));
    expect(Array.from(operations.names, textAt)).toEqual(parsed.operations.map(({ name }) => name));
    expect(Array.from(operations.grids, (id) => JSON.parse(textAt(id) ?? "null") as unknown)).toEqual(
      parsed.operations.map(({ args }) => args!.grid ?? null),
    );
    expect([...launches.starts]).toEqual(parsed.launches.map(since));
    expect([...launches.correlations]).toEqual(parsed.launches.map(({ args }) => args!.correlation));
    expect(Array.from(launches.names, textAt)).toEqual(parsed.launches.map(({ name }) => name));
  });

  test("ROCm kernels take their geometry from the launch, in blocks", async () => {
    const read = await readKineto(join(shared, "hta/minitoy_train_mi250_rocm.json.gz"), { task: "toy", made });
    if (read.status === "empty") throw new Error(read.reason);
    const { device, trace } = read.traces[0]!;
    expect([device, trace.deviceName, trace.multiprocessors]).toEqual([2, "AMD Radeon Graphics", 104]);
    const matrix = trace.identities.filter(({ name }) => name.startsWith("Cijk_"));
    expect(matrix.map(({ grid, block }) => [grid, block])).toEqual([
      [
        [2, 1, 1],
        [256, 1, 1],
      ],
      [
        [2, 8, 1],
        [256, 1, 1],
      ],
    ]);
  });

  test("traces without steps can be taken whole, and one without a device says so", async () => {
    const whole = await readKineto(join(shared, "hta/alexnet_a100_sync_events.json.gz"), {
      task: "alexnet",
      made,
      wholeTrace: true,
    });
    if (whole.status === "empty") throw new Error(whole.reason);
    expect(whole.traces[0]!.trace.steps.map(({ identities }) => identities.length)).toEqual([79 + 16 + 3]);
    const empty = await readKineto(join(shared, "hta/cpu_only.json.gz"), { task: "cpu", made });
    expect(empty).toMatchObject({ status: "empty", reason: expect.stringContaining("holds no operation of a device") });
  });
});

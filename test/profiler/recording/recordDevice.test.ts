import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  cardWorkloads,
  type Executor,
  executors,
  type RecordingEnd,
  type RecordingRequest,
  recordDevice,
  recordingProtocol,
  recordingReadme,
  recordKernels,
  rememberIdentities,
} from "@partitune/profiler";
import { InputError, type KernelTrace, loadJson, loadProfile } from "@partitune/schema";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "partitune-recording-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const workloads = cardWorkloads.slice(0, 2).map((workload) => ({ ...workload, batches: [1, 8, 32] }));
const request: RecordingRequest = {
  workloads,
  pairs: true,
  protocol: { ...recordingProtocol, rounds: 1 },
  budgetSeconds: null,
  seed: "1",
  traceKernels: null,
};

function record(changes: Partial<RecordingRequest> = {}, signal = new AbortController().signal): Promise<RecordingEnd> {
  return recordDevice(executors["synthetic-a100"]({}), { ...request, ...changes }, folder, {
    signal,
    onProgress: () => {},
  });
}

/** Pairs are on shares, alone are contexts: a share alone is measured beside the pairs. */
const planned = { whole: 6, halves: 12, pairs: 4 + 2, further: 12 };

describe("a recording", () => {
  test("has the whole device, its pieces and all pairs", async () => {
    const { status, stages, profile } = await record();
    expect(status).toBe("complete");
    expect(stages.map(({ done }) => done)).toEqual(Object.values(planned));
    expect(stages.every(({ done, planned, valid }) => done === planned && valid === done)).toBe(true);
    const pairs = profile!.measurements.filter(({ point }) => point.neighbours.length > 0);
    expect(
      pairs.map(({ point }) => [point.config.workload, point.neighbours[0]!.workload].join(" beside ")).sort(),
    ).toEqual([
      "resnet18 beside resnet18",
      "resnet18 beside resnet50",
      "resnet50 beside resnet18",
      "resnet50 beside resnet50",
    ]);
    expect(new Set(pairs.map(({ point }) => point.config.batch))).toEqual(new Set([8]));
    expect(loadProfile(folder).measurements).toHaveLength(profile!.measurements.length);
  });

  test("that is ended goes on from there, stage by stage", async () => {
    const stop = new AbortController();
    const executor = executors["synthetic-a100"]({});
    let opened = 0;
    const stopping: Executor = {
      ...executor,
      open(...asked) {
        opened += 1;
        // Two baselines, the whole device with both networks, and the first piece.
        if (opened > 5) stop.abort();
        return executor.open(...asked);
      },
    };
    const options = { signal: stop.signal, onProgress: () => {} };
    const first = await recordDevice(stopping, request, folder, options);
    expect(first.status).toBe("aborted");
    expect(first.stages[0]).toMatchObject({ done: planned.whole });
    expect(first.stages[1]!.done).toBeGreaterThan(0);
    expect(first.stages.slice(2).map(({ done }) => done)).toEqual([0, 0]);
    const before = readFileSync(join(folder, "journal.jsonl"), "utf8");
    const second = await record();
    expect(second.status).toBe("complete");
    expect(readFileSync(join(folder, "journal.jsonl"), "utf8").startsWith(before)).toBe(true);
    expect(second.stages.map(({ done }) => done)).toEqual(Object.values(planned));
  });

  test("whose time is spent says so, and the next call has time of its own", async () => {
    const never = {
      ...executors["synthetic-a100"]({}),
      open: () => new Promise<never>((_, fail) => setTimeout(fail, 50)),
    };
    const spent = await recordDevice(never, { ...request, budgetSeconds: 0.02 }, folder, {
      signal: new AbortController().signal,
      onProgress: ({ secondsLeft }) => expect(secondsLeft).toBeLessThanOrEqual(0.02),
    });
    expect(spent).toMatchObject({ status: "out of time", profile: null, stages: [] });
    expect((await record({ budgetSeconds: 600 })).status).toBe("complete");
  });

  test("has a kernel trace of each network that tells its operations, and one that fails costs no other", async () => {
    const made = { tool: "partitune", at: "2026-01-01T00:00:00.000Z", seed: "1", inputs: [] };
    const smallTrace = await recordKernels("zoo:tiny@4", { steps: 2, warmup: 1, threads: 1, made });
    const asked: string[] = [];
    const traceKernels = ({ name }: { readonly name: string }): Promise<KernelTrace> | null => {
      asked.push(name);
      return name === "resnet18" ? Promise.reject(new Error("driver too old")) : Promise.resolve(smallTrace);
    };
    const { traces } = await record({ traceKernels });
    expect(traces).toEqual([
      { workload: "resnet18", file: null, reason: "driver too old" },
      { workload: "resnet50", file: "kernels/resnet50.kernels.json", reason: "" },
    ]);
    expect(loadJson(join(folder, traces[1]!.file!), "kernel-trace")).toEqual(smallTrace);
    await record({ traceKernels });
    expect(asked).toEqual(["resnet18", "resnet50", "resnet18"]);
    const silent = await record({ traceKernels: () => null, workloads: [{ ...workloads[0]!, name: "../x y" }] });
    expect(silent.traces).toMatchObject([{ file: null, reason: "its engine does not tell its operations" }]);
  });

  test("of a device that cannot be divided as asked is refused before anything is measured", async () => {
    await expect(record({ pieces: "cpu-share" })).rejects.toThrow(InputError);
    await expect(record({ pieces: "cpu-share" })).rejects.toThrow(
      /pieces of kind "cpu-share" are none that synthetic-a100/,
    );
  });
});

test("its README tells what is there and what is missing; what users named is text in it, not markup", async () => {
  const name = "a|b <script> `x`";
  const end = await record({
    workloads: [{ ...workloads[0]!, name }],
    traceKernels: () => Promise.reject(new Error("no *GPU*")),
  });
  const text = recordingReadme("my_gpu", end, "partitune record --out 'a\nb'");
  expect(text).toMatch(/^# my\\_gpu\n\na formula in the likeness of GA100.*\*\*Synthetic\*\*/);
  expect(text).toContain("| the whole device | 3 | 3 | 3 |");
  expect(text).toContain("    partitune record --out 'a b'");
  expect(text).toContain(String.raw`| a\|b \<script\> \`x\` |`);
  expect(text).toContain(String.raw`none: no \*GPU\*`);
  expect(recordingReadme("x", { ...end, profile: null }, "")).toBe("# x\n\nNothing has been measured yet.\n");
});

test("an executor that remembers identities starts each workload once", async () => {
  let asked = 0;
  const executor = rememberIdentities({
    ...executors["synthetic-a100"]({}),
    identify: async () => {
      asked += 1;
      return "";
    },
  });
  await Promise.all([executor.identify(workloads[0]!), executor.identify(workloads[0]!)]);
  await executor.identify(workloads[1]!);
  expect(asked).toBe(2);
});

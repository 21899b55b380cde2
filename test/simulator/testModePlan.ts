import type {
  BackgroundJob,
  Device,
  ModePlan,
  ModePromise,
  ModeSchedule,
  ModeTurns,
  ServedInference,
  Workload,
} from "@partitune/schema";

/** An inference of a plan made for a test; its window is batch / rate. */
export interface TestInference extends Partial<ServedInference> {
  readonly ratePerSecond: number;
  readonly batch: number;
  readonly seconds: number;
}

/** A background job of a plan made for a test. */
export interface TestBackground extends Partial<BackgroundJob> {
  readonly seconds: number;
}

export interface TestTurns extends Partial<Omit<ModeTurns, "inferences" | "background">> {
  readonly inferences?: readonly TestInference[];
  readonly background?: TestBackground;
}

const device: Device = {
  name: "board",
  kind: "jetson",
  processor: "formula",
  cores: 12,
  memoryBytes: 2 ** 35,
  partitionSchemes: [{ kind: "whole" }],
  powerModes: [{ name: "m" }],
  defaultPartition: { kind: "whole" },
  synthetic: true,
};

const made = { tool: "test", at: "2026-01-01T00:00:00.000Z", seed: null, inputs: [] };

/** Workloads in turn; inferences draw 30 W and are called "a", "b", …, the background 24 W and "train"; idle power is 10 W. */
export function testTurns({ inferences = [], background, ...rest }: TestTurns): ModeTurns {
  return {
    powerMode: { name: "m" },
    inferences: inferences.map(({ seconds, ...inference }, i) => ({
      workload: "abcdef"[i]!,
      dispatcher: "windowed",
      windowSeconds: inference.batch / inference.ratePerSecond,
      expected: { seconds, watts: 30 },
      ...inference,
    })),
    background: background === undefined ? null : backgroundOf(background),
    idleWatts: 10,
    changeoverSeconds: 0,
    promises: [],
    ...rest,
  };
}

function backgroundOf({ seconds, ...background }: TestBackground): BackgroundJob {
  return {
    workload: "train",
    batch: 16,
    policy: "greedy",
    toleratedSeconds: 0,
    highestPerWindow: null,
    expected: { seconds, watts: 24 },
    ...background,
  };
}

function workloadsIn(all: readonly ModeTurns[]): readonly Workload[] {
  const names = new Set(all.flatMap(({ inferences }) => inferences.map(({ workload }) => workload)));
  const behind = new Set(all.flatMap(({ background }) => (background === null ? [] : [background.workload])));
  const entry = (name: string, task: Workload["task"]): Workload => ({
    name,
    task,
    engine: { engine: "recorded", source: "test" },
    batches: [1],
  });
  return [...[...names].map((name) => entry(name, "inference")), ...[...behind].map((name) => entry(name, "training"))];
}

/** A plan on a synthetic board. */
export function testModePlan(turns: TestTurns): ModePlan {
  const plan = testTurns(turns);
  return {
    kind: "mode-plan",
    version: 1,
    made,
    device,
    workloads: workloadsIn([plan]),
    ...plan,
    holds: null,
    synthetic: true,
  };
}

/** A schedule on a synthetic board. */
export function testSchedule(
  periods: readonly (TestTurns & { readonly seconds: number })[],
  { modeChangeSeconds = 0, repeat = false } = {},
): ModeSchedule {
  const all = periods.map(({ seconds, ...turns }) => ({ ...testTurns(turns), seconds }));
  return {
    kind: "mode-schedule",
    version: 1,
    made,
    device,
    workloads: workloadsIn(all),
    modeChangeSeconds,
    periods: all,
    repeat,
    synthetic: true,
  };
}

/** Promises by metric. */
export const promise = {
  worst: (subject: string, target: number) => promiseOf(subject, "worst_response_s", "at-most", target),
  rate: (subject: string, target: number) => promiseOf(subject, "throughput_per_s", "at-least", target),
  peak: (target: number) => promiseOf("board", "peak_power_w", "at-most", target),
  mean: (target: number) => promiseOf("board", "mean_power_w", "at-most", target),
} as const;

function promiseOf(
  subject: string,
  metric: ModePromise["metric"],
  relation: ModePromise["relation"],
  target: number,
): ModePromise {
  return { id: `${subject} ${metric}`, subject, metric, relation, target, predicted: null };
}

/** The worked example of managed interleaving: 40 requests/s in batches of 8 that take 60 ms, training minibatches of 50 ms. */
export const worked = { ratePerSecond: 40, batch: 8, seconds: 0.06 } as const;

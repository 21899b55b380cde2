import { seededRandom } from "@partitune/numerics";
import {
  type KernelFillPlan,
  type KernelOverlap,
  type KernelProfile,
  type KernelSharing,
  type KernelStep,
  type KernelTrace,
  kernelFillPlan as kernelFillPlanSchema,
  kernelOverlap as kernelOverlapSchema,
  kernelProfile as kernelProfileSchema,
  kernelSharing as kernelSharingSchema,
  kernelTrace as kernelTraceSchema,
  type ResponseTimes,
  responseTimes as responseTimesSchema,
  type Schedulability,
  schedulability as schedulabilitySchema,
} from "@partitune/schema";

const made = { tool: "partitune 0.1.0", at: "2026-01-01T00:00:00Z", seed: "synthetic kernels", inputs: [] };

/** What a synthetic trace looks like. */
export interface KernelShape {
  readonly task: string;
  readonly steps: number;
  readonly operations: number;
  /** Least and greatest gap after every fourth operation, ns; the others follow each other at once. */
  readonly gaps: readonly [number, number];
  readonly names?: readonly string[];
}

/** Steps of the same operations, with times that scatter by 2 %; every third gap is one in which something waits. */
export function syntheticKernelTrace({ task, steps, operations, gaps, names = ["gemm", "bn", "relu"] }: KernelShape) {
  const random = seededRandom(`${task}/${operations}`);
  const base = Array.from({ length: operations }, (_, row) => ({
    identity: row % names.length,
    duration: 10_000 + 5_000 * (row % names.length),
    idle: row % 4 === 3 && row < operations - 1 ? Math.round(gaps[0] + (gaps[1] - gaps[0]) * random.next()) : 0,
    kind: row % 12 === 11 ? 2 : 1,
  }));
  const trace: KernelTrace = {
    kind: "kernel-trace",
    version: 1,
    made,
    task,
    format: "synthetic",
    deviceName: "synthetic device",
    multiprocessors: null,
    identities: names.map((name, i) => ({ name, grid: [i + 1, 1, 1], block: [64, 1, 1] })),
    steps: Array.from({ length: steps }, (): KernelStep => {
      const scatter = (ns: number) => Math.round(ns * (0.98 + 0.04 * random.next()));
      return {
        identities: base.map(({ identity }) => identity),
        durations: base.map(({ duration }) => scatter(duration)),
        idles: base.map(({ idle }) => scatter(idle)),
        idleKinds: base.map(({ idle, kind }) => (idle === 0 ? 0 : kind)),
      };
    }),
    between: [],
    gapsKnown: true,
    dropped: [{ what: "operations without a launch", count: 2 }],
    warnings: [],
    synthetic: true,
  };
  return kernelTraceSchema.parse(trace);
}

/** A profile that says what it is told to say. */
export function syntheticKernelProfile(gain: KernelProfile["gain"], task = "detector"): KernelProfile {
  return kernelProfileSchema.parse({
    kind: "kernel-profile",
    version: 1,
    made,
    task,
    format: "synthetic",
    deviceName: null,
    identities: [{ name: "gemm", grid: null, block: null }],
    keys: [
      { identity: 0, occurrence: 0, executions: [10_000, 11_000], idles: [40_000, 50_000] },
      { identity: 0, occurrence: null, executions: [10_000, 11_000], idles: [40_000, 50_000] },
    ],
    steps: 2,
    operationsPerStep: 1,
    sequence: { identical: true, positionsThatDiffer: 0, fallbackFraction: 0 },
    spread: { executions: 0.01, idles: null },
    busyFraction: 0.2,
    idle: { perStep: 45_000, empty: 45_000, fillable: 45_000 },
    minGap: 30_000,
    gain,
    why: "gaps hold so much of a step",
    warnings: [],
    synthetic: true,
  });
}

const outcome = {
  lowCompletion: null,
  lowCompletions: null,
  lateGaps: 1.5,
  latest: 4_000,
  dispatch: 0,
  gapsFilled: 0.4,
  overPredicted: null,
};

/** Ways of sharing with the numbers of nothing that was ever played. */
export function syntheticKernelSharing(high = "detector", low = "translator"): KernelSharing {
  return kernelSharingSchema.parse({
    kind: "kernel-sharing",
    version: 1,
    made,
    scenario: "co-run",
    high,
    low: [{ task: low, priority: 1, jobs: null }],
    default: "timeslice",
    heldOut: [0, 1],
    minGap: 20_000,
    dispatch: 5_000,
    outcomes: [
      ["timeslice", "time slices", 400e6, 90e6, 1, 4, 1, 300e6],
      ["greedy", "stream priorities", 110e6, 20e6, 3.6, 1.1, 0.22, 10e6],
      ["fill", "gaps filled", 100.1e6, 7e6, 3.99, 1.001, 0.08, 0.1e6],
    ].map(([policy, title, highCompletion, lowWork, speedUp, slowDown, lowRatio, delay]) => ({
      ...outcome,
      policy,
      title,
      highCompletion,
      lowWork,
      speedUp,
      slowDown,
      lowRatio,
      delay,
    })),
    front: [
      { executionQuantile: 1, idleQuantile: 0, delay: 0, lowWork: 5e6, efficient: true },
      { executionQuantile: 0.9, idleQuantile: 0.1, delay: 0.1e6, lowWork: 7e6, efficient: true },
      { executionQuantile: 0.5, idleQuantile: 0.1, delay: 0.2e6, lowWork: 6e6, efficient: false },
    ],
    synthetic: true,
  });
}

export function syntheticFillPlan(high = "detector", low = "translator"): KernelFillPlan {
  const task = (name: string, role: "high" | "low") => ({
    name,
    priority: role === "high" ? 0 : 1,
    role,
    streamPriority: role === "high" ? -1 : 0,
    maxInFlight: 1,
    identities: [{ name: "gemm", grid: null, block: null }],
    hashes: ["0123456789abcdef"],
    table: [
      {
        identity: 0,
        occurrence: 0,
        samples: 2,
        execution: { q50: 10_000, q90: 11_000, planned: 11_000, longest: 11_000 },
        idle: { q10: 40_000, q50: 45_000, planned: 40_000 },
      },
    ],
  });
  return kernelFillPlanSchema.parse({
    kind: "kernel-fill-plan",
    version: 1,
    made,
    deviceName: null,
    tasks: [task(high, "high"), task(low, "low")],
    key: "occurrence",
    estimator: "quantile",
    executionQuantile: 0.9,
    idleQuantile: 0.1,
    minGap: 20_000,
    dispatch: 5_000,
    fit: "best-prio-fit",
    feedback: true,
    maxOverrun: 100_000,
    disableBelowGain: 0.02,
    expected: { steps: 2, delay: { mean: 2_000, longest: 9_000 }, filled: { mean: 7e6, least: 6e6 } },
    promises: [
      {
        id: "bound",
        subject: high,
        metric: "response_s",
        percentile: 1,
        relation: "at-most",
        target: 0.15,
        predicted: { value: 0.136, low: null, high: 0.136 },
      },
    ],
    voidWhen: ["clocks", "a batch size"],
    synthetic: true,
  });
}

/** Steps that take longer the less careful the way of sharing. */
export function syntheticKernelOverlap(high = "detector", low = "translator"): KernelOverlap {
  const random = seededRandom("synthetic overlap");
  const way = (policy: string, title: string, completion: number, lowWork: number) => {
    const scatter = (ns: number) => Math.round(ns * (0.97 + 0.06 * random.next()));
    const steps = Array.from({ length: 8 }, () => ({
      completion: scatter(completion),
      lowWork: scatter(lowWork),
      lowOperations: 3,
      lateGaps: 1,
      latest: 20_000,
      overPredicted: null,
      lowStarts: [0],
    }));
    const predicted = policy === "timeslice" ? null : steps.map(() => ({ completion, lowWork }));
    return { policy, title, steps, predicted };
  };
  return kernelOverlapSchema.parse({
    kind: "kernel-overlap",
    version: 1,
    made,
    deviceName: "synthetic processor",
    high: { task: high, operators: 40 },
    low: [{ task: low, priority: 1, operators: 12 }],
    think: { every: 10, mean: 2e6, spread: 0.3 },
    plan: {
      key: "occurrence",
      estimator: "quantile",
      executionQuantile: 0.9,
      idleQuantile: 0.1,
      minGap: 20_000,
      dispatch: 5_000,
      feedback: false,
      maxOverrun: null,
    },
    recordedSteps: 10,
    outcomes: [
      way("exclusive", "alone", 20e6, 0),
      way("timeslice", "time slices", 60e6, 40e6),
      way("greedy", "stream priorities", 22e6, 7e6),
      way("fill", "gaps filled", 20.3e6, 5e6),
    ],
    ended: "complete",
    warnings: [],
    synthetic: true,
  });
}

/** One task that meets its deadline, one that does not, one without, one of which nothing is known. */
export function syntheticResponseTimes(analysis: string, camera = "camera"): ResponseTimes {
  return responseTimesSchema.parse({
    kind: "response-times",
    version: 1,
    made,
    analysis,
    proof: analysis === "host-gap" ? "simulated" : "published",
    schedulable: false,
    tasks: [
      {
        task: camera,
        deadlineSeconds: 0.1,
        boundSeconds: 0.08,
        reachedSeconds: 0.08,
        verdict: "meets",
        gpuPriority: 2,
      },
      {
        task: "map",
        deadlineSeconds: 0.2,
        boundSeconds: null,
        reachedSeconds: 0.25,
        verdict: "misses",
        gpuPriority: 1,
      },
      { task: "log", deadlineSeconds: 1, boundSeconds: null, reachedSeconds: 0, verdict: "unknown", gpuPriority: null },
      {
        task: "sync",
        deadlineSeconds: 1,
        boundSeconds: null,
        reachedSeconds: 0,
        verdict: "best-effort",
        gpuPriority: null,
      },
    ],
    why: '"map" may take 250 ms of the 200 ms it has',
  });
}

export function syntheticSchedulability(): Schedulability {
  const curve = (analysis: string, accepted: readonly number[]) => ({
    analysis,
    points: accepted.map((part, i) => ({
      x: 0.2 + 0.1 * i,
      accepted: part,
      low: Math.max(0, part - 0.05),
      high: Math.min(1, part + 0.05),
    })),
  });
  return schedulabilitySchema.parse({
    kind: "schedulability",
    version: 1,
    made,
    axis: { name: "utilisation per core", unit: "" },
    setsPerPoint: 200,
    generator: { cores: 4, tasksPerCore: "3 to 6" },
    curves: [curve("gcaps-suspend", [1, 0.8, 0.3]), curve("round-robin-busy", [0.5, 0.2, 0])],
  });
}

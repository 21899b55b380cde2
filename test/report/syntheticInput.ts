import {
  effectiveSamples,
  lagOneAutocorrelation,
  quantile,
  quantileInterval,
  type Random,
  seededRandom,
} from "@partitune/numerics";
import type { ReportInput } from "@partitune/report";
import {
  type Config,
  type Device,
  type Estimate,
  type Fit,
  paretoFront as frontSchema,
  type LatencySummary,
  type Made,
  type Measurement,
  type MeasurementFlag,
  type ParetoFront,
  type Partition,
  type Plan,
  type Profile,
  plan as planSchema,
  profile as profileSchema,
  type Report,
  report as reportSchema,
  type Samples,
  type StreamTrace,
  type Surrogate,
  surrogate as surrogateSchema,
  type Trace,
  toolName,
  trace as traceSchema,
  type Workload,
} from "@partitune/schema";
import {
  syntheticComparison,
  syntheticFleet,
  syntheticFleetReport,
  syntheticFleetTrace,
  syntheticInterference,
  syntheticSchedule,
  syntheticTransition,
} from "./syntheticFleet.ts";
import {
  syntheticFillPlan,
  syntheticKernelOverlap,
  syntheticKernelProfile,
  syntheticKernelSharing,
  syntheticKernelTrace,
  syntheticResponseTimes,
  syntheticSchedulability,
} from "./syntheticKernels.ts";
import {
  syntheticEvaluation,
  syntheticModePlan,
  syntheticModeReport,
  syntheticModeTrace,
  syntheticSearch,
} from "./syntheticModes.ts";

const shares = [0.125, 0.25, 0.5, 0.75, 1] as const;
const batches = [1, 2, 4, 8] as const;
const samplesPerRun = 900;

/** What stands behind a synthetic workload: batch latency on the whole device = fixed + perItem · batch, s. */
interface Law {
  readonly name: string;
  readonly fixed: number;
  readonly perItem: number;
  readonly serial: number;
}

export const defaultNames = ["resnet18", "resnet50", "vgg16"] as const;

/**
 * Everything a report can be made from, for a device that does not exist. Checked against the schemas.
 *
 * One configuration is infeasible, one was never measured, one is throttled and one lacks the samples for a p99.
 *
 * @param names  of the three workloads; any text that the schema allows
 */
export function syntheticInput(names: readonly [string, string, string] = defaultNames): Required<ReportInput> {
  const laws: readonly Law[] = [
    { name: names[0], fixed: 0.002, perItem: 0.006, serial: 0.05 },
    { name: names[1], fixed: 0.004, perItem: 0.014, serial: 0.08 },
    { name: names[2], fixed: 0.006, perItem: 0.041, serial: 0.03 },
  ];
  const profile = profileSchema.parse(syntheticProfile(laws));
  const plan = planSchema.parse(syntheticPlan(laws));
  const simulated = [0.98, 1, 1.03].map((luck) => traceSchema.parse(syntheticTrace(plan, "simulated", luck)));
  const measured = traceSchema.parse(syntheticTrace(plan, "measured", 1.06));
  const modePlan = syntheticModePlan(made, device, toWorkload(laws[0]!), toWorkload(laws[1]!));
  const fleetPlan = syntheticFleet({ cards: 3, services: 5, cut: "mig", names });
  const managed = syntheticModeTrace(made, modePlan, "managed", 0.28);
  return {
    title: `Synthetic campaign: ${names.join(", ")}`,
    profile,
    surrogate: surrogateSchema.parse(syntheticSurrogate(laws)),
    fronts: [frontSchema.parse(syntheticFront(plan))],
    plan,
    report: reportSchema.parse(syntheticReport(plan, [...simulated, measured])),
    traces: [],
    searches: [syntheticSearch(made, device, names[0], names[1])],
    modePlan,
    modeReport: syntheticModeReport(made, modePlan, [managed]),
    modeTraces: [syntheticModeTrace(made, modePlan, "fair", 0.51), syntheticModeTrace(made, modePlan, "slices", null)],
    fleetPlan,
    fleetReport: syntheticFleetReport(fleetPlan),
    fleetTraces: [syntheticFleetTrace(fleetPlan, 5)],
    schedules: [syntheticSchedule()],
    transitions: [syntheticTransition(fleetPlan)],
    comparisons: [syntheticComparison(names)],
    interferences: [syntheticInterference()],
    evaluations: [syntheticEvaluation(made, device, names[0], names[1])],
    kernelTraces: [syntheticKernelTrace({ task: names[0], steps: 3, operations: 60, gaps: [5_000, 200_000], names })],
    kernelProfiles: [syntheticKernelProfile("worthwhile", names[0])],
    kernelSharings: [syntheticKernelSharing(names[0], names[1])],
    kernelFillPlans: [syntheticFillPlan(names[0], names[1])],
    kernelOverlaps: [syntheticKernelOverlap(names[0], names[1])],
    responseTimes: [syntheticResponseTimes("gcaps-suspend", names[0]), syntheticResponseTimes("host-gap", names[0])],
    schedulabilities: [syntheticSchedulability()],
    runs: [
      { name: `${names[0]} cpu-share:0.5 batch 4, round 0`, samples: reportedRun(400), synthetic: true },
      { name: `${names[2]} cpu-share:0.25 batch 1, round 0`, samples: syntheticRun(60), synthetic: true },
    ],
  };
}

const made: Made = {
  tool: toolName,
  at: "2026-01-02T03:04:05.000Z",
  seed: "report fixture",
  inputs: [{ name: "profile.json", sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" }],
};

const device: Device = {
  name: "imaginary 8-core box",
  kind: "cpu",
  processor: "none",
  cores: 8,
  memoryBytes: 16 * 2 ** 30,
  partitionSchemes: [{ kind: "whole" }, { kind: "cpu-share", granularity: 0.01, total: 1 }],
  powerModes: [{ name: "default" }],
  defaultPartition: { kind: "whole" },
  synthetic: true,
};

function toWorkload({ name, fixed, perItem, serial }: Law): Workload {
  return {
    name,
    task: "inference",
    engine: {
      engine: "synthetic",
      fixedSeconds: fixed,
      perItemSeconds: perItem,
      serialFraction: serial,
      noise: 0.04,
      memoryBytes: 1e8,
    },
    batches,
  };
}

function latencyOf({ fixed, perItem, serial }: Law, share: number, batch: number): number {
  return (fixed + perItem * batch) * (serial + (1 - serial) / share);
}

function syntheticProfile(laws: readonly Law[]): Profile {
  const grid = laws.flatMap((law, w) =>
    shares.flatMap((share) => batches.map((batch) => ({ law, w, share, batch, baseline: false }))),
  );
  const baselines = laws.map((law, w) => ({ law, w, share: 1, batch: 1, baseline: true }));
  const points = [...grid.filter(({ w, share, batch }) => !(w === 1 && share === 0.75 && batch === 8)), ...baselines];
  return {
    kind: "profile",
    version: 1,
    made,
    device,
    workloads: laws.map(toWorkload),
    protocol: {
      version: 1,
      rounds: 2,
      warmupIterations: 20,
      warmupSeconds: 3,
      warmupBudgetSeconds: 30,
      minimumSamples: 30,
      budgetSeconds: 120,
      targetQuantile: 0.5,
      targetPrecision: 0.02,
      confidence: 0.99,
    },
    environments: { env1: { processor: "none", kernel: "none", clock: "virtual" } },
    warnings: [
      {
        code: "throttled",
        where: `${laws[0]!.name} cpu-share:0.125 batch 8`,
        cause: "the imaginary fan stopped",
        advice: "let the device cool down and resume",
      },
    ],
    measurements: [0, 1].flatMap((round) => points.map((point, position) => toMeasurement(point, round, position))),
  };
}

interface Point {
  readonly law: Law;
  readonly w: number;
  readonly share: number;
  readonly batch: number;
  readonly baseline: boolean;
}

function toMeasurement({ law, w, share, batch, baseline }: Point, round: number, position: number): Measurement {
  const partition: Partition = baseline ? { kind: "whole" } : { kind: "cpu-share", share };
  const flags: MeasurementFlag[] = w === 0 && share === 0.125 && batch === 8 ? ["throttled"] : [];
  const tooLarge = w === 2 && share === 0.125 && batch === 8;
  const few = w === 2 && share === 0.125;
  const random = seededRandom("samples").fork(`${w} ${share} ${batch} ${baseline} ${round}`);
  return {
    id: `${w}-${share}-${batch}-${baseline}-${round}`,
    point: {
      config: { workload: law.name, powerMode: "default", partition, batch },
      neighbours: [],
      load: { kind: "closed", inFlight: 1 },
      round,
    },
    position,
    seed: "report fixture",
    baseline,
    environment: "env1",
    startedAt: "2026-01-02T03:04:05.000Z",
    mechanism: "virtual",
    flags,
    outcome: tooLarge
      ? { kind: "infeasible", reason: "out of memory: 17.2 GiB asked, 16 GiB there" }
      : {
          kind: "measured",
          results: toResults(
            drawLatencies(latencyOf(law, share, batch), few ? 120 : samplesPerRun, random),
            batch,
            few,
          ),
        },
  };
}

function drawLatencies(median: number, n: number, random: Random): number[] {
  const shift = Math.exp(0.01 * random.normal());
  return Array.from({ length: n }, () => {
    const slow = random.next() < 0.01 ? 1.5 : 1;
    return median * shift * slow * Math.exp(0.04 * random.normal());
  });
}

function toResults(samples: readonly number[], batch: number, few: boolean) {
  const latency = summarise(samples);
  const windowSeconds = samples.reduce((sum, value) => sum + value, 0);
  return {
    samples: samples.length,
    samplesEffective: effectiveSamples(samples),
    autocorrelation: lagOneAutocorrelation(samples),
    warmupSamples: 40,
    windowSeconds,
    stoppedBy: few ? ("budget" as const) : ("precision" as const),
    precision: 0.011,
    latency,
    throughputPerSecond: (samples.length * batch) / windowSeconds,
    cpuSeconds: latency.mean,
    memoryPeakBytes: 1e8 + 2e6 * batch,
    powerMeanWatts: null,
    energyPerRequestJoules: null,
    outliersMild: 4,
    outliersSevere: 7,
    errorFraction: 0,
    nulls: {
      powerMeanWatts: "a synthetic device draws no power",
      ...(few ? { p99: "needs 528 samples, got 120" } : {}),
    },
  };
}

function summarise(samples: readonly number[]): LatencySummary {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (p: number, least: number) => (sorted.length < least ? null : estimateAt(sorted, p));
  return {
    mean: samples.reduce((sum, value) => sum + value, 0) / samples.length,
    p50: at(0.5, 8),
    p90: at(0.9, 51),
    p95: at(0.95, 104),
    p99: at(0.99, 528),
    p999: at(0.999, 5296),
  };
}

function estimateAt(sorted: readonly number[], p: number): Estimate {
  const { lower, upper } = quantileInterval(sorted, p);
  return { value: quantile(sorted, p), low: lower ?? null, high: upper ?? null };
}

function syntheticSurrogate(laws: readonly Law[]): Surrogate {
  return {
    kind: "surrogate",
    version: 1,
    made,
    device,
    workloads: laws.map(toWorkload),
    confidence: 0.9,
    fits: laws.map((law, i) => toFit(law, i)),
    serviceRatios: laws.map(({ name }) => ({
      workload: name,
      partition: null,
      ratios: [0.95, 1, 1.06],
      samples: 1800,
    })),
    warnings: [],
  };
}

function toFit(law: Law, i: number): Fit {
  const random = seededRandom("surrogate").fork(law.name);
  const ratio = 0.03 + 0.02 * i;
  const residuals = shares.flatMap((share) =>
    batches.map((batch) => {
      const measured = latencyOf(law, share, batch);
      const value = measured * Math.exp(0.55 * ratio * random.normal());
      return {
        partition: `cpu-share:${share}`,
        powerMode: "default",
        batch,
        measured,
        predicted: { value, low: value / (1 + ratio), high: value * (1 + ratio) },
      };
    }),
  );
  const errors = residuals
    .map(({ measured, predicted }) => Math.abs(predicted.value / measured - 1))
    .sort((a, b) => a - b);
  const inside = residuals.filter(({ measured, predicted }) => measured >= predicted.low && measured <= predicted.high);
  return {
    workload: law.name,
    metric: "latency_p50_s",
    model: "amdahl",
    parameters: { fixed: law.fixed, perItem: law.perItem, serial: law.serial },
    intervalRatio: ratio,
    domain: { fraction: [0.125, 1], batch: [1, 8], powerModes: ["default"], partitionKinds: ["cpu-share"] },
    scores: {
      heldOut: residuals.length,
      mape: { value: 0.02, low: 0.01, high: 0.03 },
      medianError: errors[Math.floor(errors.length / 2)]!,
      r2: 0.9981,
      coverage: { value: inside.length / residuals.length, low: 0.75, high: 1 },
    },
    rivals: [
      { model: "amdahl", error: 0.02 },
      { model: "polynomial", error: 0.07 },
    ],
    residuals,
  };
}

function syntheticPlan(laws: readonly Law[]): Plan {
  const chosen = [
    { law: laws[0]!, share: 0.25, batch: 4, rate: 40, deadline: 0.25, response: 0.11 },
    { law: laws[1]!, share: 0.375, batch: 2, rate: 12, deadline: 0.4, response: 0.21 },
    { law: laws[2]!, share: 0.25, batch: 2, rate: 3, deadline: 0.9, response: 0.7 },
  ] as const;
  const configOf = ({ law, share, batch }: (typeof chosen)[number]): Config => ({
    workload: law.name,
    powerMode: "default",
    partition: { kind: "cpu-share", share },
    batch,
  });
  return {
    kind: "plan",
    version: 1,
    made,
    device,
    powerMode: "default",
    workloads: laws.map(toWorkload),
    demands: chosen.map(({ law, rate, deadline }) => ({
      workload: law.name,
      ratePerSecond: rate,
      deadlineSeconds: deadline,
      percentile: 0.99,
    })),
    placements: chosen.map((choice) => ({
      id: choice.law.name,
      config: configOf(choice),
      threads: Math.ceil(8 * choice.share),
      maxDelaySeconds: 0,
    })),
    promises: [
      ...chosen.map(({ law, deadline, response }) => ({
        id: `${law.name} response`,
        subject: law.name,
        metric: "response_s" as const,
        percentile: 0.99,
        relation: "at-most" as const,
        target: deadline,
        predicted: { value: response, low: response * 0.9, high: response * 1.15 },
      })),
      ...chosen.map(({ law, rate }) => ({
        id: `${law.name} throughput`,
        subject: law.name,
        metric: "throughput_per_s" as const,
        percentile: null,
        relation: "at-least" as const,
        target: rate,
        predicted: { value: rate, low: null, high: rate },
      })),
      {
        id: "device share",
        subject: "device",
        metric: "share_fraction",
        percentile: null,
        relation: "at-most",
        target: 1,
        predicted: { value: 0.875, low: 0.875, high: 0.875 },
      },
    ],
    optimality: {
      method: "exhaustive",
      status: "optimal",
      objective: { name: "share", unit: "fraction" },
      value: 0.875,
      bound: 0.875,
      gap: 0,
    },
    service: chosen.map(({ law, share, batch }) => ({
      placement: law.name,
      batches: Array.from({ length: batch }, (_, i) => {
        const seconds = latencyOf(law, share, i + 1);
        return { batch: i + 1, serviceSeconds: seconds, occupancySeconds: seconds };
      }),
      ratios: [0.95, 1, 1.06],
    })),
    synthetic: true,
  };
}

function syntheticTrace(plan: Plan, source: Trace["source"], slowdown: number): Trace {
  const confidence = source === "simulated" ? 0.99 : 0.95;
  return {
    kind: "trace",
    version: 1,
    made,
    source,
    confidence,
    durationSeconds: source === "simulated" ? 600 : 60,
    warmupSeconds: 5,
    streams: plan.placements.map((placement, i) =>
      toStream(plan, i, placement.id, source === "simulated" ? 6000 : 1400, slowdown),
    ),
    synthetic: true,
  };
}

function toStream(plan: Plan, i: number, placement: string, requests: number, slowdown: number): StreamTrace {
  const demand = plan.demands[i]!;
  const service = plan.service[i]!.batches[0]!.serviceSeconds;
  const random = seededRandom("trace").fork(`${i} ${requests} ${slowdown}`);
  const sorted = Array.from(
    { length: requests },
    () =>
      slowdown *
      (service * Math.exp(0.05 * random.normal()) + Math.max(0, random.exponential(2 / service) - 0.2 * service)),
  ).sort((a, b) => a - b);
  const probabilities = [
    ...Array.from({ length: 99 }, (_, k) => (k + 1) / 100),
    0.992,
    0.995,
    0.998,
    0.999,
    0.9995,
    0.9999,
    1,
  ];
  const p99 = requests >= 528 ? estimateAt(sorted, 0.99) : null;
  return {
    placement,
    workload: demand.workload,
    offeredPerSecond: demand.ratePerSecond,
    completedPerSecond: demand.ratePerSecond * 0.999,
    requests,
    failed: slowdown === 1.06 && i === 2 ? 3 : 0,
    response: {
      mean: sorted.reduce((sum, value) => sum + value, 0) / requests,
      p50: estimateAt(sorted, 0.5),
      p90: estimateAt(sorted, 0.9),
      p95: estimateAt(sorted, 0.95),
      p99,
      p999: null,
    },
    distribution: probabilities.map((probability) => ({ probability, seconds: quantile(sorted, probability) })),
    promised: [{ percentile: 0.99, response: p99 }],
    queueMeanSeconds: 0.4 * service * slowdown,
    serviceMeanSeconds: service * slowdown,
    busyFraction: 0.61,
    batchCounts: [800, 200, 60, 10].slice(0, plan.placements[i]!.config.batch),
    saturated: false,
  };
}

function syntheticReport(plan: Plan, traces: readonly Trace[]): Report {
  return {
    kind: "report",
    version: 1,
    made,
    checks: plan.promises.map((promise, i) => {
      const verdict = i === 2 ? "broken" : i === 4 ? "undecided" : "kept";
      const simulated = promise.predicted === null ? promise.target : promise.predicted.value * 0.98;
      const isDevice = promise.subject === "device";
      return {
        promise,
        simulated: isDevice
          ? null
          : {
              perSeed: Array.from({ length: 8 }, (_, k) => simulated * (1 + 0.01 * Math.cos(k))),
              estimate: { value: simulated, low: simulated * 0.99, high: simulated * 1.01 },
            },
        measured: { value: simulated * 1.05, low: simulated * 0.97, high: simulated * 1.12 },
        verdicts: { simulated: isDevice ? null : "kept", measured: verdict },
        verdict,
        why: `measured on the device: ${verdict === "undecided" ? "the interval straddles the target" : `the whole interval is ${verdict === "kept" ? "within" : "beyond"} the target`}`,
      };
    }),
    traces,
    warnings: [],
    synthetic: true,
  };
}

function syntheticFront(plan: Plan): ParetoFront {
  const random = seededRandom("front");
  const ids = ["a", "b", "c", "d", "e", "f"];
  const front = ids.map((id, i) => ({
    id:
      i === 2
        ? plan.placements
            .map(
              ({ config }) =>
                `${config.workload} default cpu-share:${config.partition.kind === "cpu-share" ? config.partition.share : 1} batch ${config.batch}`,
            )
            .join(" | ")
        : id,
    values: [0.6 + 0.08 * i, 1.9 / (1 + 0.5 * i)],
    onFront: true,
    violations: [],
  }));
  const cloud = Array.from({ length: 60 }, (_, i) => {
    const share = 0.6 + 0.4 * random.next();
    const broken = i % 4 === 0;
    const frontier = 1.9 / (1 + (0.5 * (share - 0.6)) / 0.08);
    return {
      id: `dominated ${i}`,
      values: [share, frontier * (broken ? 0.7 : 1.1 + random.next())],
      onFront: false,
      violations: broken ? [{ constraint: "deadline", amount: 0.2, text: "20 % over the deadline" }] : [],
    };
  });
  return {
    kind: "pareto-front",
    version: 1,
    made,
    objectives: [
      { name: "share_fraction", better: "lower" },
      { name: "response_over_deadline", better: "lower" },
    ],
    points: [...front, ...cloud],
    reference: [1.1, 3],
    hypervolume: 0.42,
    synthetic: true,
  };
}

/** A run of a device that reports of itself ten times a second, and is throttled in between. */
function reportedRun(batches: number): Samples {
  const run = syntheticRun(batches);
  const time_s = Array.from({ length: Math.ceil(run.end_s.at(-1)! * 10) }, (_, i) => i / 10);
  const isThrottled = (time: number) => time > 6 && time < 8;
  return {
    ...run,
    telemetry: {
      time_s,
      power_w: time_s.map((time) => (isThrottled(time) ? 180 : 240 + 8 * Math.sin(3 * time))),
      gpu_clock_hz: time_s.map((time) => (isThrottled(time) ? 1.1e9 : 1.41e9)),
      memory_clock_hz: time_s.map(() => 1.593e9),
      temperature_c: time_s.map((time) => Math.round(40 + 30 * (1 - Math.exp(-time / 5)))),
      busy_fraction: time_s.map(() => 0.97),
      clock_reasons: time_s.map((time) => (isThrottled(time) ? "power-cap+thermal-software" : "")),
    },
  };
}

function syntheticRun(batches: number): Samples {
  const random = seededRandom("run");
  const service = Array.from({ length: batches }, (_, i) => {
    const slow = random.next() < 0.01 ? 1.6 : 1;
    return 0.05 * (1 + 0.8 * Math.exp(-i / 6)) * Math.exp(0.03 * random.normal()) * slow;
  });
  let clock = 0;
  const ends = service.map((seconds) => {
    clock += seconds + 0.0002;
    return clock;
  });
  return { warmup: 40, start_s: ends.map((end, i) => end - service[i]!), end_s: ends, service_s: service };
}

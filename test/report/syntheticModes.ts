import {
  type Device,
  type Evaluation,
  evaluation as evaluationSchema,
  type Made,
  type ModePlan,
  type ModeProbe,
  type ModeReport,
  type ModeSearch,
  type ModeTrace,
  modePlan as planSchema,
  modeReport as reportSchema,
  modeSearch as searchSchema,
  modeTrace as traceSchema,
  type Workload,
} from "@partitune/schema";

/** A search for a power mode on a device that does not exist: one probe failed, one measured the idle device. */
export function syntheticSearch(made: Made, device: Device, training: string, served: string): ModeSearch {
  const probe = (powerMode: string, workload: string, batch: number | null, seconds: number, watts: number) =>
    ({
      powerMode,
      workload,
      batch,
      reason: "the centre",
      outcome: { kind: "measured", seconds, watts },
    }) satisfies ModeProbe;
  const choice = {
    powerMode: "8c",
    batches: { [served]: 8 },
    value: 12.4,
    watts: 28.1,
    latencySeconds: { [served]: 0.28 },
    load: 0.4,
    backgroundPerSecond: 12.4,
  };
  return searchSchema.parse({
    kind: "mode-search",
    version: 1,
    made,
    device,
    problem: {
      kind: "concurrent",
      training,
      inference: { workload: served, batches: [1, 8], ratePerSecond: 60, latencySeconds: 0.3 },
      policy: "slack",
      dispatcher: "windowed",
      budget: { kind: "peak", watts: 30 },
    },
    strategy: "roofline",
    highestProbes: 15,
    margin: 0.02,
    probes: [
      probe("4c", training, null, 0.11, 18),
      probe("4c", served, 8, 0.06, 19),
      probe("8c", training, null, 0.07, 27.5),
      probe("8c", served, 8, 0.04, 28.1),
      {
        powerMode: "12c",
        workload: training,
        batch: null,
        reason: "largest expected gain",
        outcome: { kind: "failed", reason: "the board stayed at 8 cores" },
      },
      { powerMode: "8c", workload: null, batch: null, reason: "idle power", outcome: { kind: "idle", watts: 9 } },
    ],
    modesMeasured: 2,
    objective: { name: "training rate", unit: "minibatches/s", better: "higher" },
    status: "feasible",
    choice,
    nearest: null,
    reasons: [],
    baseline: { ...choice, powerMode: "4c", value: 8.2, watts: 19, backgroundPerSecond: 8.2 },
    holds: { probability: 0.996, margin: 0.02, noise: 0.008, repeats: 0 },
    front: [{ ...choice, powerMode: "4c", value: 8.2, watts: 19 }, choice],
    synthetic: true,
  } satisfies ModeSearch);
}

/** An evaluation of two strategies on two kinds of problems; one solved nothing of one kind. */
export function syntheticEvaluation(made: Made, device: Device, training: string, served: string): Evaluation {
  const summary = {
    highestProbes: 15,
    problems: 200,
    solvable: 120,
    unsolved: 0,
    falseAnswers: 0,
    meanLoss: 0.004,
    meanLossWithUnsolved: 0.004,
    medianLoss: 0,
    p90Loss: 0.011,
    highestLoss: 0.06,
    within5Percent: 0.99,
    within7Percent: 1,
    broken: 0.004,
    highestExcess: 0.01,
    meanModes: 13.2,
    meanRuns: 27.5,
  };
  const nothing = {
    unsolved: 120,
    meanLoss: null,
    meanLossWithUnsolved: 1,
    medianLoss: null,
    p90Loss: null,
    highestLoss: null,
    within5Percent: 0,
    within7Percent: 0,
    broken: null,
    highestExcess: null,
  };
  return evaluationSchema.parse({
    kind: "evaluation",
    version: 1,
    made,
    device,
    source: "a formula",
    grid: {
      trainings: [training],
      inferences: [served],
      kinds: ["training", "concurrent"],
      policy: "slack",
      budgetsWatts: [20, 30],
      latenciesSeconds: [0.1, 0.3],
      loads: [0.1, 0.5],
    },
    sampled: 200,
    seeds: 3,
    margin: 0.02,
    summaries: [
      { ...summary, kind: "training", strategy: "roofline" },
      {
        ...summary,
        kind: "training",
        strategy: "random",
        meanLoss: 0.2,
        meanLossWithUnsolved: 0.22,
        p90Loss: 0.4,
        highestLoss: 1.7,
      },
      { ...summary, kind: "concurrent", strategy: "roofline" },
      { ...summary, ...nothing, kind: "concurrent", strategy: "random" },
    ],
    synthetic: true,
  } satisfies Evaluation);
}

const expected = { seconds: 0.04, watts: 28 };

/** Training beside inference, with three promises. */
export function syntheticModePlan(made: Made, device: Device, training: Workload, served: Workload): ModePlan {
  return planSchema.parse({
    kind: "mode-plan",
    version: 1,
    made,
    device,
    workloads: [training, served],
    powerMode: { name: "8c", cores: 8 },
    inferences: [
      { workload: served.name, ratePerSecond: 60, batch: 8, dispatcher: "windowed", windowSeconds: 0.133, expected },
    ],
    background: {
      workload: training.name,
      batch: 16,
      policy: "slack",
      toleratedSeconds: 0.02,
      highestPerWindow: null,
      expected: { seconds: 0.07, watts: 27 },
    },
    idleWatts: null,
    changeoverSeconds: 0,
    promises: [
      {
        id: "latency",
        subject: served.name,
        metric: "worst_response_s",
        relation: "at-most",
        target: 0.3,
        predicted: null,
      },
      {
        id: "rate",
        subject: training.name,
        metric: "throughput_per_s",
        relation: "at-least",
        target: 9,
        predicted: null,
      },
      { id: "power", subject: device.name, metric: "peak_power_w", relation: "at-most", target: 30, predicted: null },
    ],
    holds: { probability: 0.996, margin: 0.02, noise: 0.008, repeats: 0 },
    synthetic: true,
  } satisfies ModePlan);
}

/** One run of the plan; unmanaged, its worst latency breaks the promise, and a run without requests has no latency. */
export function syntheticModeTrace(
  made: Made,
  { inferences, background }: ModePlan,
  sharing: ModeTrace["sharing"],
  worstSeconds: number | null,
): ModeTrace {
  const part = (fraction: number) => (worstSeconds === null ? null : fraction * worstSeconds);
  return traceSchema.parse({
    kind: "mode-trace",
    version: 1,
    made,
    source: "simulated",
    sharing,
    arrivals: "worst-case",
    seconds: 60,
    modeChanges: 0,
    periods: [
      {
        powerMode: "8c",
        seconds: 60,
        inferences: inferences.map(({ workload }) => ({
          workload,
          offeredPerSecond: 60,
          completedPerSecond: 60,
          requests: worstSeconds === null ? 0 : 3600,
          waiting: 0,
          minibatches: 450,
          windows: 450,
          overflowed: 0,
          worstSeconds,
          worstWithinRateSeconds: worstSeconds,
          meanSeconds: part(0.5),
          p50Seconds: part(0.5),
          p99Seconds: part(0.9),
        })),
        background: { workload: background!.workload, minibatches: 552, minibatchesPerSecond: 9.2 },
        busyFraction: 0.94,
        joules: null,
        meanWatts: null,
        peakWatts: 28,
      },
    ],
    synthetic: true,
  } satisfies ModeTrace);
}

/** The plan judged: one promise kept, one broken, one undecided. */
export function syntheticModeReport(made: Made, plan: ModePlan, traces: readonly ModeTrace[]): ModeReport {
  const verdicts = ["kept", "broken", "undecided"] as const;
  return reportSchema.parse({
    kind: "mode-report",
    version: 1,
    made,
    checks: plan.promises.map((promise, i) => ({
      promise,
      simulated: null,
      measured: null,
      verdicts: { simulated: verdicts[i]!, measured: null },
      verdict: verdicts[i]!,
      why: "of 2 runs",
      period: null,
    })),
    traces,
    warnings: [],
    synthetic: true,
  } satisfies ModeReport);
}

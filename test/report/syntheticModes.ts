import {
  type Device,
  type Evaluation,
  evaluation as evaluationSchema,
  type Made,
  type ModeProbe,
  type ModeSearch,
  modeSearch as searchSchema,
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

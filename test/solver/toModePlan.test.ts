import { type ModePlan, type ModeProblem, modePlan, modeSchedule, type Workload } from "@partitune/schema";
import { answerProblem, type SingleProblem, toModePlan, toModeSchedule, workloadsOf } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { grid441 } from "./fixtures/boards.ts";
import { inferenceNames, servedBatches } from "./fixtures/boardTables.ts";
import { exampleOf, exampleTables, kinds } from "./fixtures/exampleChoices.ts";
import { deviceOf, made, workloadOf } from "./fixtures/modeProfile.ts";

const device = deviceOf(grid441.names.map((name) => ({ name })));
const workloads: readonly Workload[] = [
  ...[...exampleTables.training.keys()].map((name) => workloadOf(name, "training", { batches: [16] })),
  ...inferenceNames.map((name) => workloadOf(name, "inference", { batches: servedBatches })),
];
const context = { device, workloads, tables: exampleTables, margin: 0.02 };
const origin = { made, synthetic: false };
const holds = { probability: 0.99, margin: 0.02, noise: 0.008, repeats: 0 };

const planOf = (problem: SingleProblem, choice: Parameters<typeof toModePlan>[1]): ModePlan =>
  toModePlan(problem, choice, context, { ...origin, holds });

describe("a choice as a plan", () => {
  test.each(kinds)("of kind %s is a valid plan that promises what was demanded", (kind) => {
    const { problem, choice } = exampleOf(kind);
    const plan = planOf(problem, choice);
    expect(modePlan.parse(plan)).toEqual(plan);
    expect(plan.powerMode.name).toBe(choice.mode);
    expect(plan.synthetic).toBe(true);
    for (const { relation, target, predicted } of plan.promises) {
      if (relation === "at-most") expect(predicted!.value).toBeLessThanOrEqual(target * (1 + 1e-9));
      else expect(predicted!.value).toBeGreaterThanOrEqual(target);
    }
    const { served } = workloadsOf(problem);
    const responses = plan.promises.filter(({ metric }) => metric === "worst_response_s");
    expect(responses.map(({ subject }) => subject)).toEqual(plan.inferences.map(({ workload }) => workload));
    expect(plan.inferences.map(({ workload }) => workload)).toEqual(
      served.slice(0, plan.inferences.length).map(({ workload }) => workload),
    );
    for (const { batch, ratePerSecond, windowSeconds, expected } of plan.inferences) {
      expect(windowSeconds).toBeCloseTo(batch / ratePerSecond, 12);
      expect(expected.seconds).toBeLessThan(windowSeconds);
    }
  });

  test("lets training run as chosen: by its policy, as late as tolerated, at most as often as an average budget allows", () => {
    const { problem, choice } = exampleOf("concurrent, average");
    if (problem.kind !== "concurrent" || choice.kind !== "concurrent") throw new Error("wrong example");
    const plan = planOf(problem, choice);
    expect(plan.background).toMatchObject({
      workload: problem.training,
      batch: 16,
      policy: "slack",
      toleratedSeconds: choice.toleratedSeconds,
      highestPerWindow: choice.minibatchesPerWindow,
    });
    expect(plan.promises.map(({ metric }) => metric)).toEqual(["worst_response_s", "throughput_per_s", "mean_power_w"]);
    expect(plan.promises[1]!.target).toBeCloseTo(0.98 * choice.trainingRate, 12);
    expect(plan.idleWatts).toBe(exampleTables.idle.find(({ mode }) => mode === choice.mode)!.watts);
    const peak = exampleOf("concurrent, slack");
    expect(planOf(peak.problem, peak.choice).background!.highestPerWindow).toBeNull();
  });

  test("waits for a full minibatch no longer than the promise allows", () => {
    const problem: SingleProblem = {
      kind: "inference",
      inference: { workload: "resnet50", batches: [8], ratePerSecond: 20, latencySeconds: 0.6 },
      dispatchers: ["on-full"],
      objective: "power",
    };
    const answer = answerProblem(problem, exampleTables);
    if (answer.status !== "optimal" || answer.choice.kind !== "inference") throw new Error("no choice");
    const { timeoutSeconds, expected } = planOf(problem, answer.choice).inferences[0]!;
    expect(timeoutSeconds).toBeGreaterThan(7 / 20);
    expect(timeoutSeconds! + expected.seconds).toBeLessThan(0.6);
    const windowed = planOf(exampleOf("backlogged").problem, exampleOf("backlogged").choice);
    expect(windowed.inferences[0]).not.toHaveProperty("timeoutSeconds");
  });

  test("has no background where training starves, and promises none", () => {
    const { problem, choice } = exampleOf("concurrent, reserve");
    if (choice.kind !== "concurrent") throw new Error("wrong example");
    const plan = planOf(problem, { ...choice, trainingRate: 0, minibatchesPerWindow: 0 });
    expect(plan.background).toBeNull();
    expect(plan.promises.map(({ metric }) => metric)).toEqual(["worst_response_s", "peak_power_w"]);
  });

  test("gives a training that chooses its batch the time of a minibatch, not of a sample", () => {
    const problem: SingleProblem = { kind: "training", training: "resnet18", batches: [16, 32], objective: "time" };
    const name = grid441.names[0]!;
    const choice = { kind: "training", mode: `${name} batch 32`, seconds: 0.01, watts: 30, joules: 0.3 } as const;
    const plan = planOf(problem, choice);
    expect(plan.powerMode.name).toBe(name);
    expect(plan.background).toMatchObject({ batch: 32, expected: { seconds: 0.32, watts: 30 } });
    expect(plan.promises).toMatchObject([{ metric: "throughput_per_s", predicted: { value: 1 / 0.32 } }]);
  });

  test("is refused for a device that lacks the mode, and for tables that lack its rows", () => {
    const { problem, choice } = exampleOf("inference");
    const other = { ...context, device: deviceOf([{ name: "maxn" }]) };
    expect(() => toModePlan(problem, choice, other, { ...origin, holds })).toThrow(
      /is none of device "board"; plan for/,
    );
    const empty = { ...context, tables: { ...exampleTables, inference: new Map() } };
    expect(() => toModePlan(problem, choice, empty, { ...origin, holds })).toThrow(/is not measured in mode/);
  });

  test("is refused when it is not known what batch is trained with", () => {
    const { problem, choice } = exampleOf("concurrent, slack");
    const vague = workloads.map((workload) =>
      workload.task === "training" ? { ...workload, batches: [16, 32] } : workload,
    );
    expect(() => toModePlan(problem, choice, { ...context, workloads: vague }, { ...origin, holds })).toThrow(
      /^training "\w+" has batches of 16, 32; give the workload with the one batch that was measured$/,
    );
  });
});

describe("a schedule's answer as plans in time", () => {
  const problem: Extract<ModeProblem, { kind: "rate-schedule" }> = {
    kind: "rate-schedule",
    training: "resnet18",
    inference: { workload: "resnet50", batches: servedBatches, latencySeconds: 0.3 },
    periods: [
      { seconds: 600, ratePerSecond: 0 },
      { seconds: 600, ratePerSecond: 20 },
      { seconds: 600, ratePerSecond: 90 },
    ],
    modeChangeSeconds: 1,
    policy: "slack",
    dispatcher: "windowed",
    budget: { kind: "peak", watts: 28 },
  };
  const answer = answerProblem(problem, exampleTables);
  if (answer.status !== "optimal" || answer.choice.kind !== "rate-schedule") throw new Error("no schedule");
  const schedule = toModeSchedule(problem, answer.choice, context, { ...origin, repeat: true });

  test("is a valid schedule with a plan per period, at the period's rate", () => {
    expect(modeSchedule.parse(schedule)).toEqual(schedule);
    expect(schedule.periods.map(({ seconds }) => seconds)).toEqual([600, 600, 600]);
    expect(schedule.periods.map(({ inferences }) => inferences.map(({ ratePerSecond }) => ratePerSecond))).toEqual([
      [],
      [20],
      [90],
    ]);
    expect(schedule.repeat).toBe(true);
    expect(schedule.workloads.map(({ name }) => name)).toEqual(["resnet18", "resnet50"]);
  });

  test("promises the latency in every period with requests, and the power in all", () => {
    const metrics = schedule.periods.map(({ promises }) => promises.map(({ metric }) => metric));
    expect(metrics).toEqual([
      ["throughput_per_s", "peak_power_w"],
      ["worst_response_s", "throughput_per_s", "peak_power_w"],
      ["worst_response_s", "throughput_per_s", "peak_power_w"],
    ]);
  });
});

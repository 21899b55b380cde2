import type { RunCost, SingleProblem } from "@partitune/solver";
import { budgetUse, toModeChoice, workloadsOf } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { type Example, exampleOf, exampleTables, kinds } from "./fixtures/exampleChoices.ts";

const { training: trainingTables, inference: inferenceTables, idle } = exampleTables;

/** Costs that an example was chosen by. */
function costsOf({ problem, choice }: Example) {
  const { training, served } = workloadsOf(problem);
  const { batches } = toModeChoice(problem, choice);
  const backlog = choice.kind === "backlogged" ? [choice.batch, choice.backlogBatch] : null;
  const toCost = (row: { seconds: number; watts: number }): RunCost => ({
    timeSeconds: row.seconds,
    powerWatts: row.watts,
  });
  return {
    ...(training !== null && {
      training: toCost(trainingTables.get(training)!.find(({ mode }) => mode === choice.mode)!),
    }),
    served: served.map(({ workload }, i) => {
      const batch = backlog === null ? batches[workload] : backlog[i];
      return toCost(inferenceTables.get(workload)!.find((row) => row.mode === choice.mode && row.batch === batch)!);
    }),
    idleWatts: idle.find(({ mode }) => mode === choice.mode)!.watts,
  };
}

function budgetOf(problem: SingleProblem): number {
  return problem.kind === "training" ? problem.budgetWatts! : problem.budget!.watts;
}

describe("the use of budgets", () => {
  test.each(kinds)("of kind %s, at the costs that were expected, is what the choice says", (kind) => {
    const example = exampleOf(kind);
    const { problem, choice } = example;
    const { watts, latencySeconds, load } = toModeChoice(problem, choice);
    const promised = new Map<string, number | undefined>();
    if ("inference" in problem) promised.set(problem.inference.workload, problem.inference.latencySeconds);
    if ("urgent" in problem) {
      promised.set(problem.urgent.workload, problem.urgent.latencySeconds);
      promised.set(problem.nonUrgent.workload, problem.nonUrgent.latencySeconds);
    }
    const parts = Object.entries(latencySeconds).map(([name, latency]) => latency / promised.get(name)!);
    const costs = costsOf(example);
    expect(budgetUse(problem, choice, costs)(costs)).toBeCloseTo(
      Math.max(watts / budgetOf(problem), load, ...parts),
      9,
    );
  });

  test.each(kinds)("of kind %s grows with every cost, and never falls", (kind) => {
    const example = exampleOf(kind);
    const costs = costsOf(example);
    const use = budgetUse(example.problem, example.choice, costs);
    const scaled = (time: number, power: number) => {
      const scale = ({ timeSeconds, powerWatts }: RunCost) => ({
        timeSeconds: time * timeSeconds,
        powerWatts: power * powerWatts,
      });
      return use({
        ...(costs.training && { training: scale(costs.training) }),
        served: costs.served.map(scale),
        idleWatts: power * costs.idleWatts,
      });
    };
    expect(scaled(1, 1.1)).toBeGreaterThanOrEqual(scaled(1, 1));
    expect(scaled(1.1, 1)).toBeGreaterThanOrEqual(scaled(1, 1) * (1 - 1e-12));
    expect(scaled(1.5, 1.5)).toBeGreaterThan(scaled(1, 1));
  });

  test("counts what a training minibatch overruns as lateness of inference, and nothing when it is shorter", () => {
    const problem: SingleProblem = {
      kind: "concurrent",
      training: "net",
      inference: { workload: "cam", batches: [8], ratePerSecond: 40, latencySeconds: 0.28 },
      policy: "slack",
      dispatcher: "windowed",
      budget: { kind: "peak", watts: 100 },
    };
    const choice = {
      kind: "concurrent",
      mode: "m",
      batch: 8,
      windowSeconds: 0.2,
      latencySeconds: 0.28,
      toleratedSeconds: 0.02,
      minibatchesPerWindow: 8 / 3,
      trainingRate: 40 / 3,
      load: 0.3,
      watts: 30,
    } as const;
    const cost = (timeSeconds: number) => ({ timeSeconds, powerWatts: 30 });
    const use = budgetUse(problem, choice, { training: cost(0.05), served: [cost(0.06)] });
    expect(use({ training: cost(0.05), served: [cost(0.06)] })).toBeCloseTo(1, 12);
    expect(use({ training: cost(0.055), served: [cost(0.06)] })).toBeCloseTo(0.285 / 0.28, 12);
    expect(use({ training: cost(0.04), served: [cost(0.06)] })).toBeCloseTo(1, 12);
    const starving = budgetUse(
      problem,
      { ...choice, minibatchesPerWindow: 0, toleratedSeconds: 0 },
      { served: [cost(0.06)] },
    );
    expect(starving({ served: [cost(0.06)] })).toBeCloseTo(0.26 / 0.28, 12);
  });

  test("is refused for a choice of another kind", () => {
    const { problem } = exampleOf("training");
    const { choice } = exampleOf("inference");
    expect(() => budgetUse(problem, choice, { served: [] })).toThrow(/answers no problem of kind "training"/);
  });
});

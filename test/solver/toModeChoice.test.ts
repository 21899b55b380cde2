import { modeChoice, paretoFront } from "@partitune/schema";
import {
  baselineChoice,
  gainOver,
  modeObjective,
  observedFront,
  type ProblemTables,
  type SingleProblem,
  toModeChoice,
  toParetoFront,
} from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { exampleOf, exampleTables, kinds } from "./fixtures/exampleChoices.ts";
import { deviceOf, made } from "./fixtures/modeProfile.ts";

describe("a choice in the words of every problem", () => {
  test.each(kinds)("of kind %s is a valid one with the value and power of the solver", (kind) => {
    const { problem, choice } = exampleOf(kind);
    const found = toModeChoice(problem, choice);
    expect(modeChoice.parse(found)).toEqual(found);
    expect(found.powerMode).toBe(choice.mode);
    expect(found.watts).toBe(choice.watts);
    expect(found.value).toBeGreaterThan(0);
  });

  test("states the inferences' batches and latencies by workload", () => {
    const { problem, choice } = exampleOf("two inferences");
    if (problem.kind !== "two-inferences" || choice.kind !== "two-inferences") throw new Error("wrong example");
    const { urgent, nonUrgent } = problem;
    expect(toModeChoice(problem, choice)).toMatchObject({
      batches: { [urgent.workload]: choice.urgentBatch, [nonUrgent.workload]: choice.nonUrgentBatch },
      latencySeconds: { [urgent.workload]: choice.urgentLatencySeconds },
      value: choice.urgentLatencySeconds,
    });
  });

  test("leaves out a latency that nothing bounds", () => {
    const { problem, choice } = exampleOf("two inferences");
    const endless = { ...choice, nonUrgentLatencySeconds: Number.POSITIVE_INFINITY } as typeof choice;
    const found = toModeChoice(problem, endless);
    expect(Object.keys(found.latencySeconds)).toHaveLength(1);
    expect(modeChoice.parse(found)).toEqual(found);
  });

  test("takes mode and batch of a training apart again", () => {
    const problem: SingleProblem = { kind: "training", training: "net", batches: [16, 32], objective: "energy" };
    const choice = { kind: "training", mode: "maxn batch 32", seconds: 0.01, watts: 30, joules: 0.3 } as const;
    expect(toModeChoice(problem, choice)).toMatchObject({ powerMode: "maxn", batches: { net: 32 }, value: 0.3 });
    expect(modeObjective(problem)).toEqual({ name: "sample energy", unit: "J", better: "lower" });
    expect(modeObjective({ ...problem, objective: "time" }, "epoch").name).toBe("epoch time");
  });

  test("refuses a choice of another kind", () => {
    const { problem } = exampleOf("training");
    const { choice } = exampleOf("inference");
    expect(() => toModeChoice(problem, choice)).toThrow(
      'a choice of kind "inference" answers no problem of kind "training"',
    );
  });
});

describe("the gain over another choice", () => {
  const { problem, choice } = exampleOf("training");
  const slow = { ...toModeChoice(problem, choice), value: 0.2 };

  test("is the part saved, or the part won", () => {
    expect(gainOver(problem, { ...slow, value: 0.15 }, slow)).toBeCloseTo(0.25, 12);
    const rate = exampleOf("backlogged").problem;
    expect(gainOver(rate, { ...slow, value: 0.25 }, slow)).toBeCloseTo(0.25, 12);
    expect(gainOver(rate, { ...slow, value: 0.1 }, slow)).toBeCloseTo(-0.5, 12);
  });

  test("over nothing has no ratio", () => {
    expect(gainOver(exampleOf("backlogged").problem, slow, { ...slow, value: 0 })).toBeNull();
  });
});

describe("the default mode as a baseline", () => {
  const problem: SingleProblem = { kind: "training", training: "net", objective: "time", budgetWatts: 20 };
  const rows = [
    { mode: "maxn", seconds: 1, watts: 18 },
    { mode: "eco", seconds: 2, watts: 9 },
  ];
  const tables: ProblemTables = { training: new Map([["net", rows]]), inference: new Map(), idle: [] };
  const device = deviceOf([{ name: "maxn" }, { name: "eco" }]);

  test("is its best choice", () => {
    expect(baselineChoice(problem, tables, device)).toMatchObject({ powerMode: "maxn", value: 1, watts: 18 });
  });

  test("is none when it breaks a budget or was not measured", () => {
    expect(baselineChoice({ ...problem, budgetWatts: 10 }, tables, device)).toBeNull();
    expect(baselineChoice(problem, tables, deviceOf([{ name: "unseen" }]))).toBeNull();
  });
});

describe("the front of what was measured", () => {
  test.each(kinds)("of kind %s holds choices of which none beats another, and the exact answer among them", (kind) => {
    const { problem, choice } = exampleOf(kind);
    const few = some(exampleTables, choice.mode);
    const front = observedFront(problem, few);
    const sign = modeObjective(problem).better === "lower" ? 1 : -1;
    for (const [i, point] of front.entries()) {
      expect(modeChoice.parse(point)).toEqual(point);
      if (i === 0) continue;
      expect(point.watts).toBeGreaterThan(front[i - 1]!.watts);
      expect(sign * point.value).toBeLessThan(sign * front[i - 1]!.value);
    }
    const answer = toModeChoice(problem, choice);
    const asGood = front.filter(
      ({ value, watts }) => watts <= answer.watts && sign * value <= sign * answer.value * (1 + sign * 1e-9),
    );
    expect(asGood.length).toBeGreaterThan(0);
  });

  test("is a valid file", () => {
    const { problem, choice } = exampleOf("backlogged");
    const file = toParetoFront(problem, observedFront(problem, some(exampleTables, choice.mode)), {
      made,
      synthetic: true,
    });
    expect(paretoFront.parse(file)).toEqual(file);
    expect(file.objectives[0]).toEqual({ name: "backlog rate (requests/s)", better: "higher" });
  });
});

/** A tenth of the modes, with a given one. */
function some(tables: ProblemTables, mode: string): ProblemTables {
  const kept = new Set([mode, ...tables.idle.filter((_, i) => i % 10 === 0).map((row) => row.mode)]);
  const isKept = (row: { readonly mode: string }) => kept.has(row.mode);
  return {
    training: new Map([...tables.training].map(([name, rows]) => [name, rows.filter(isKept)])),
    inference: new Map([...tables.inference].map(([name, rows]) => [name, rows.filter(isKept)])),
    idle: tables.idle.filter(isKept),
  };
}

import { InputError } from "@partitune/schema";
import { answerProblem, problemGroups, toProblemTables } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { smallGrid, smallTables } from "./fixtures/smallModes.ts";

const groups = problemGroups(smallGrid, smallTables);

describe("problemGroups", () => {
  test("makes a group per workload, rate and latency, and per pair of them, each with all budgets", () => {
    expect(groups.map(({ kind }) => kind)).toEqual(["training", "inference", "concurrent", "two-inferences"]);
    expect(groups.every(({ problems }) => problems.length === 3)).toBe(true);
    expect(new Set(groups.map(({ key }) => key)).size).toBe(groups.length);
  });

  test("asks for rates as parts of what the quickest mode serves with the largest minibatch: 4 in 20 ms", () => {
    const problem = groups[1]!.problems[0]!;
    expect(problem.kind === "inference" && problem.inference.ratePerSecond).toBeCloseTo(0.1 * (4 / 0.02), 12);
  });

  test("names the same optima as the exact solvers do, one problem at a time", () => {
    for (const { problems, optima } of groups) {
      const alone = problems.map((problem) => {
        const answer = answerProblem(problem, toProblemTables(smallTables, problem));
        return answer.status === "optimal" && answer.value > 0 ? answer.value : null;
      });
      expect(optima()).toEqual(alone);
    }
  });

  test("has no optimum where the budget is below every power, and the quickest mode's where it is above all", () => {
    expect(groups[0]!.optima()).toEqual([null, 0.1, 0.05]);
  });

  test("compares minibatch sizes of a training by the time of a sample", () => {
    const rows = [
      { mode: "low", batch: 8, seconds: 0.08, watts: 10, repeats: 1 },
      { mode: "low", batch: 16, seconds: 0.12, watts: 12, repeats: 1 },
    ];
    const tables = { ...smallTables, training: new Map([["net", { run: "batch", rows } as const]]) };
    const [group] = problemGroups({ ...smallGrid, kinds: ["training"], budgetsWatts: [11, 12] }, tables);
    expect(group!.problems[0]).toMatchObject({ batches: [8, 16] });
    expect(group!.optima()).toEqual([0.01, 0.0075]);
  });

  test("refuses a workload that was not measured, and names those that were", () => {
    expect(() => problemGroups({ ...smallGrid, trainings: ["other"] }, smallTables)).toThrow(InputError);
    expect(() => problemGroups({ ...smallGrid, trainings: ["other"] }, smallTables)).toThrow(
      /"other".*choose one of net/s,
    );
  });
});

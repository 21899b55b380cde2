import {
  explain,
  type FormulateInput,
  formulate,
  leastViolating,
  responseQuantile,
  solve,
  toStation,
} from "@partitune/solver";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { demand, device, lawOf, made, problemOf, share, workload } from "./fixtures.ts";
import { randomProblem, tryAll } from "./randomProblem.ts";

const grid = Array.from({ length: 10 }, (_, i) => share((i + 1) / 10));

function stated(demands: FormulateInput["demands"], weights: Readonly<Record<string, number>>) {
  const candidates = Object.fromEntries(
    demands.map((each) => [each.workload, { partitions: grid, batches: [1, 2, 4] }]),
  );
  const workloads = demands.map((each) => workload(each.workload));
  return formulate({ device, workloads, demands, predict: lawOf(weights), candidates, made });
}

describe("an explanation", () => {
  test("of a deadline that nothing meets names the nearest choice, what is missing, and a deadline that would do", () => {
    const problem = stated([demand("a", 20, 0.012)], { a: 0.01 });
    const [reason] = explain(problem);
    expect(reason!.workload).toBe("a");
    expect(reason!.constraint).toBe("deadline");
    const quickest = problem.settings[0]!.groups[0]!.choices.reduce((best, choice) =>
      (choice.values.response_s ?? 9) < (best.values.response_s ?? 9) ? choice : best,
    );
    expect(reason!.missing).toBeCloseTo(quickest.values.response_s! / 0.012 - 1, 12);
    expect(reason!.text).toContain("cpu-share:1 with batches of");
    const advised = Number(/raise its deadline to ([\d.]+) ms/.exec(reason!.text)![1]) / 1e3;
    const eased = stated([demand("a", 20, advised)], { a: 0.01 });
    expect(explain(eased)).toEqual([]);
  });

  test("says which lower rate would do, and it does", () => {
    const problem = stated([demand("a", 20, 0.03)], { a: 0.02 });
    const [reason] = explain(problem);
    const advised = Number(/lower its rate to ([\d.]+) requests/.exec(reason!.text)![1]);
    expect(explain(stated([demand("a", advised, 0.03)], { a: 0.02 }))).toEqual([]);
    const choice = problem.settings[0]!.groups[0]!.choices.find(({ id }) => id.includes("cpu-share:1 batch"))!;
    expect(responseQuantile(toStation(choice.service, choice.margin), advised, 0.99)).toBeLessThanOrEqual(0.03);
  });

  test("of a rate beyond all capacity says so", () => {
    const [reason] = explain(stated([demand("a", 500, 10)], { a: 0.01 }));
    expect(reason!.constraint).toBe("rate");
    expect(reason!.text).toMatch(/500 requests\/s arrive, [\d.]+ requests\/s can be sustained.*lower its rate to/);
  });

  test("of a budget names its least use, the largest users, and an easing that would do", () => {
    const demands = [demand("big", 30, 0.06), demand("small", 5, 0.06)];
    const weights = { big: 0.012, small: 0.006 };
    const problem = stated(demands, weights);
    const reasons = explain(problem);
    expect(reasons.map(({ constraint, workload: name }) => [constraint, name])).toEqual([["share", null]]);
    expect(reasons[0]!.text).toMatch(/all workloads together take at least [\d.]+ % of the share, there is 100 %/);
    expect(reasons[0]!.text).toMatch(/"big" at least [\d.]+ %, "small" at least/);
    const [, name, advised] = /for "(\w+)" raise its deadline to ([\d.]+) ms/.exec(reasons[0]!.text)!;
    const eased = demands.map((each) =>
      each.workload === name ? { ...each, deadlineSeconds: Number(advised) / 1e3 } : each,
    );
    expect(explain(stated(eased, weights))).toEqual([]);
  });

  test("of budgets that can only be kept one at a time says so", () => {
    const either = [
      [0, { share: 0.9, memory: 0.1 }],
      [0, { share: 0.1, memory: 0.9 }],
    ] as const;
    const problem = problemOf([either, either, either], { share: 1.2, memory: 1.2 });
    const [reason] = explain(problem);
    expect(reason!.text).toContain("each budget alone can be kept, but not all at once");
    expect(reason!.missing).toBeGreaterThan(0);
  });

  test("is empty exactly when trying all finds a selection", () => {
    fc.assert(
      fc.property(randomProblem, (problem) => {
        expect(explain(problem).length === 0).toBe(tryAll(problem) !== undefined);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  test("reaches the user through the solution", async () => {
    const solution = await solve(stated([demand("a", 20, 0.012)], { a: 0.01 }));
    expect(solution.status).toBe("infeasible");
    if ("reasons" in solution) expect(solution.reasons).toEqual(explain(stated([demand("a", 20, 0.012)], { a: 0.01 })));
  });
});

describe("the least-violating selection", () => {
  test("breaks nothing when something is feasible", () => {
    const nearest = leastViolating(stated([demand("a", 20, 0.2)], { a: 0.01 }))!;
    expect(nearest.excess).toBe(0);
    expect(nearest.proved).toBe(true);
  });

  test("has the least sum of relative excesses", () => {
    fc.assert(
      fc.property(randomProblem, (problem) => {
        const setting = problem.settings[0]!;
        const excessOf = (g: number, used: Readonly<Record<string, number>>): number =>
          g === setting.groups.length
            ? Object.entries(setting.budgets).reduce(
                (sum, [name, most]) => sum + Math.max(0, (used[name] ?? 0) / most - 1),
                0,
              )
            : Math.min(
                ...setting.groups[g]!.choices.map((choice) =>
                  excessOf(g + 1, {
                    share: (used.share ?? 0) + choice.uses.share!,
                    memory: (used.memory ?? 0) + choice.uses.memory!,
                  }),
                ),
              );
        expect(leastViolating(problem)!.excess).toBeCloseTo(excessOf(0, {}), 9);
      }),
      { seed: 5, numRuns: 150 },
    );
  });

  test("keeps up with the rate wherever something does, however late it answers", () => {
    const { selection } = leastViolating(stated([demand("a", 20, 0.012)], { a: 0.01 }))!;
    expect(selection.choices[0]!.violations.map(({ constraint }) => constraint)).toEqual(["deadline"]);
  });

  test("names the budgets it exceeds", () => {
    const nearest = leastViolating(problemOf([[[0, { share: 0.7 }]], [[0, { share: 0.8 }]]], { share: 1 }))!;
    expect(nearest.overBudget).toEqual([{ budget: "share", used: 1.5, available: 1 }]);
    expect(nearest.excess).toBeCloseTo(0.5, 12);
  });
});

import { seededRandom } from "@partitune/numerics";
import type { Choice, Problem, Solution } from "@partitune/schema";
import { plan as planSchema } from "@partitune/schema";
import { exhaustive, milp } from "@partitune/solver";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkPlan } from "./checkPlan.ts";
import { problemOf } from "./fixtures.ts";
import { randomProblem, tryAll } from "./randomProblem.ts";

const parameters = { seed: 11, numRuns: 150 };

function costOf(solution: Solution): number {
  return "plan" in solution ? solution.value : Number.POSITIVE_INFINITY;
}

function changeChoices(problem: Problem, change: (choice: Choice) => Choice): Problem {
  return {
    ...problem,
    settings: problem.settings.map((setting) => ({
      ...setting,
      groups: setting.groups.map((group) => ({ ...group, choices: group.choices.map(change) })),
    })),
  };
}

/** A problem with a known scatter of costs and uses, as large as asked. */
function largeProblem(groups: number, choices: number, room: number): Problem {
  const random = seededRandom(`${groups}x${choices}`);
  return problemOf(
    Array.from({ length: groups }, () =>
      Array.from({ length: choices }, () => {
        const share = 0.02 + random.next() * 0.3;
        return [0.1 / share + random.next(), { share, memory: random.next() * 0.3 }] as const;
      }),
    ),
    { share: groups * room, memory: groups * room },
  );
}

describe("both methods, on small problems of every kind,", () => {
  test("find the value that trying all finds, and plans that an independent checker passes", async () => {
    await fc.assert(
      fc.asyncProperty(randomProblem, async (problem) => {
        const expected = tryAll(problem);
        for (const solution of [exhaustive(problem), await milp(problem)]) {
          expect(solution.status).toBe(expected === undefined ? "infeasible" : "optimal");
          if (!("plan" in solution)) expect(solution.reasons.length).toBeGreaterThan(0);
          else {
            expect(solution.value).toBeCloseTo(expected!, 9);
            expect(checkPlan(problem, solution.plan)).toEqual([]);
            expect(planSchema.parse(solution.plan)).toEqual(solution.plan);
          }
        }
      }),
      parameters,
    );
  });
});

describe("the value", () => {
  test("never rises with more of a budget", () => {
    fc.assert(
      fc.property(randomProblem, fc.double({ min: 1, max: 3, noNaN: true }), (problem, factor) => {
        const setting = problem.settings[0]!;
        const roomier = { ...setting, budgets: { ...setting.budgets, share: setting.budgets.share! * factor } };
        expect(costOf(exhaustive({ ...problem, settings: [roomier] }))).toBeLessThanOrEqual(
          costOf(exhaustive(problem)) + 1e-9,
        );
      }),
      parameters,
    );
  });

  test("does not change when a dominated choice is added", () => {
    fc.assert(
      fc.property(randomProblem, fc.nat(), (problem, pick) => {
        const setting = problem.settings[0]!;
        const [group, ...others] = setting.groups;
        const copied = group!.choices[pick % group!.choices.length]!;
        const worse = {
          ...copied,
          id: "worse",
          cost: copied.cost + 0.1,
          uses: { ...copied.uses, share: copied.uses.share! + 0.1 },
        };
        const groups = [{ ...group!, choices: [worse, ...group!.choices] }, ...others];
        expect(costOf(exhaustive({ ...problem, settings: [{ ...setting, groups }] }))).toBe(
          costOf(exhaustive(problem)),
        );
      }),
      parameters,
    );
  });

  test("does not change when workloads are renamed, or groups and choices shuffled", () => {
    fc.assert(
      fc.property(randomProblem, fc.integer(), (problem, seed) => {
        const random = seededRandom(seed);
        const setting = problem.settings[0]!;
        const groups = random.shuffle(setting.groups).map((group) => ({
          workload: `other ${group.workload}`,
          choices: random.shuffle(group.choices).map((choice) => ({
            ...choice,
            config: { ...choice.config, workload: `other ${group.workload}` },
          })),
        }));
        const demands = problem.demands.map((each) => ({ ...each, workload: `other ${each.workload}` }));
        const renamed = { ...problem, demands, settings: [{ ...setting, groups }] };
        expect(costOf(exhaustive(renamed))).toBeCloseTo(costOf(exhaustive(problem)), 9);
      }),
      parameters,
    );
  });

  test("scales with the costs", () => {
    fc.assert(
      fc.property(randomProblem, fc.constantFrom(1e-6, 0.5, 1e6), (problem, factor) => {
        const scaled = changeChoices(problem, (choice) => ({ ...choice, cost: choice.cost * factor }));
        const [before, after] = [costOf(exhaustive(problem)), costOf(exhaustive(scaled))];
        if (Number.isFinite(before)) expect(after / factor).toBeCloseTo(before, 6);
        else expect(after).toBe(before);
      }),
      parameters,
    );
  });
});

describe("large problems", () => {
  test("of 6 workloads and 100 choices are enumerated to the proof, with the value of milp", async () => {
    const problem = largeProblem(6, 100, 0.08);
    const [enumerated, programmed] = [exhaustive(problem), await milp(problem)];
    expect(enumerated.status).toBe("optimal");
    expect(programmed.status).toBe("optimal");
    expect(costOf(enumerated)).toBeCloseTo(costOf(programmed), 6);
    if ("plan" in programmed) expect(checkPlan(problem, programmed.plan)).toEqual([]);
  });

  test("beyond the node limit are answered with a bound that milp's optimum respects", async () => {
    const problem = largeProblem(12, 60, 0.08);
    const cut = exhaustive(problem, { nodeLimit: 25 });
    const optimum = costOf(await milp(problem));
    expect(cut.status).toBe("feasible");
    if (!("plan" in cut)) return;
    expect(cut.bound).not.toBeNull();
    expect(cut.bound!).toBeLessThanOrEqual(optimum + 1e-9);
    expect(cut.value).toBeGreaterThanOrEqual(optimum - 1e-9);
    expect(cut.gap).toBeCloseTo((cut.value - cut.bound!) / cut.value, 12);
    expect(checkPlan(problem, cut.plan)).toEqual([]);
  });

  test("with no node or no time to spend are unknown, not infeasible", async () => {
    const problem = largeProblem(12, 60, 0.08);
    expect(exhaustive(problem, { nodeLimit: 3 }).status).toBe("unknown");
    expect((await milp(problem, { timeLimitSeconds: 0 })).status).toBe("unknown");
  });
});

describe("several settings", () => {
  const dear = problemOf([[[1, { share: 0.2 }]], [[1, { share: 0.2 }]]], { share: 1 });
  const cheap = problemOf([[[0.5, { share: 0.9 }]], [[0.5, { share: 0.9 }]]], { share: 1 });
  const both: Problem = {
    ...dear,
    settings: [
      { ...cheap.settings[0]!, name: "too full" },
      { ...dear.settings[0]!, name: "dear", cost: 0.25 },
    ],
  };

  test("the cheapest that fits is taken, its own cost included", async () => {
    expect(costOf(exhaustive(both))).toBe(2.25);
    expect(costOf(await milp(both))).toBe(2.25);
  });
});

describe("ties", () => {
  test("inside a workload go to the quickest response, then to the smallest batch", async () => {
    const problem = problemOf(
      [
        [
          [1, { share: 0.5 }],
          [1, { share: 0.5 }],
          [1, { share: 0.5 }],
        ],
      ],
      { share: 1 },
    );
    const quick = changeChoices(problem, (choice) =>
      choice.config.batch === 1 ? choice : { ...choice, values: { ...choice.values, response_s: 0.02 } },
    );
    for (const solution of [exhaustive(quick), await milp(quick)])
      expect("plan" in solution && solution.plan.placements[0]!.config.batch).toBe(2);
  });

  test("sums of decimal shares may fill a budget exactly", async () => {
    const problem = problemOf(
      [0.1, 0.2, 0.7].map((share) => [[share, { share }]] as const),
      { share: 1 },
    );
    const tight = problemOf(
      [0.3, 0.3, 0.3, 0.1].map((share) => [[share, { share }]] as const),
      { share: 1 },
    );
    for (const each of [problem, tight]) {
      expect(exhaustive(each).status).toBe("optimal");
      expect((await milp(each)).status).toBe("optimal");
    }
  });
});

test("a budget that is not stated is refused", () => {
  const problem = problemOf([[[1, { share: 0.5, power: 3 }]]], { share: 1 });
  expect(() => exhaustive(problem)).toThrow(/choice "w0-1" uses a budget that setting "default" does not have/);
});

test("a workload without any choice makes a setting infeasible, with the reason", () => {
  const solution = exhaustive(problemOf([[], [[1, {}]]], { share: 1 }));
  expect(solution.status).toBe("infeasible");
  if ("reasons" in solution) expect(solution.reasons[0]!.text).toContain('"w0" has no candidate');
});

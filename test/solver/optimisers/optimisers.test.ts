import { seededRandom } from "@partitune/numerics";
import { type Evaluation, type OptimiserName, optimisers, type Variable } from "@partitune/solver";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const names = Object.keys(optimisers) as OptimiserName[];
const mixed: readonly Variable[] = [
  { low: -1, high: 2, kind: "real" },
  { low: -3, high: 4, kind: "integer" },
  { low: 5, high: 5, kind: "integer" },
];

/** Asks and tells until so many points were told. */
function run(
  name: OptimiserName,
  variables: readonly Variable[],
  count: number,
  evaluate: (x: readonly number[]) => Evaluation,
  seed = 1,
) {
  const optimiser = optimisers[name]({ variables, objectives: 2, random: seededRandom(seed) });
  const asked: (readonly number[])[] = [];
  while (asked.length < count) {
    const points = optimiser.ask();
    if (points.length === 0) break;
    asked.push(...points);
    optimiser.tell(points.map(evaluate));
  }
  return { optimiser, asked };
}

const plain = (point: readonly number[]): Evaluation => ({ point, objectives: [point[0]! ** 2, (point[1]! - 2) ** 2] });

describe.each(names)("%s", (name) => {
  test("asks for points within the ranges, whole where asked, and never twice", () => {
    const ranges = fc.array(
      fc.record({
        low: fc.integer({ min: -5, max: 5 }),
        width: fc.integer({ min: 0, max: 6 }),
        kind: fc.constantFrom("real" as const, "integer" as const),
      }),
      { minLength: 1, maxLength: 3 },
    );
    const property = fc.property(ranges, fc.integer({ min: 0, max: 99 }), (list, seed) => {
      const variables = list.map(({ low, width, kind }) => ({ low, high: low + width, kind }));
      const evaluate = (point: readonly number[]) => ({ point, objectives: [point[0]!, -point.at(-1)!] });
      const { asked } = run(name, variables, 12, evaluate, seed);
      expect(new Set(asked.map((point) => point.join())).size).toBe(asked.length);
      for (const point of asked) {
        for (const [d, { low, high, kind }] of variables.entries()) {
          expect(point[d]).toBeGreaterThanOrEqual(low);
          expect(point[d]).toBeLessThanOrEqual(high);
          if (kind === "integer") expect(Number.isInteger(point[d])).toBe(true);
        }
      }
    });
    fc.assert(property, { numRuns: 6 });
  });

  test("asks for every point of a small space once, and then for none", () => {
    const variables = [0, 1].map(() => ({ low: 0, high: 2, kind: "integer" }) as const);
    const { optimiser, asked } = run(name, variables, 1000, plain);
    expect(asked).toHaveLength(9);
    expect(optimiser.ask()).toEqual([]);
    expect(optimiser.best().map(({ point }) => point)).toEqual([[0, 2]]);
  });

  test("asks for the same points until they are told, and is fixed by its seed", () => {
    const start = () => optimisers[name]({ variables: mixed, objectives: 2, random: seededRandom(7) });
    const optimiser = start();
    const first = optimiser.ask();
    expect(optimiser.ask()).toBe(first);
    expect(start().ask()).toEqual(first);
    expect(run(name, mixed, 12, plain, 3).asked).toEqual(run(name, mixed, 12, plain, 3).asked);
    expect(run(name, mixed, 12, plain, 3).asked).not.toEqual(run(name, mixed, 12, plain, 4).asked);
  });

  test("comes through invalid, endless and infeasible points, and returns the least violating when all are infeasible", () => {
    const hostile = (point: readonly number[]): Evaluation => ({
      point,
      objectives: point[0]! < 0 ? [Number.NaN, 0] : point[1]! > 3 ? [Number.POSITIVE_INFINITY, 1] : [1, 1],
      constraints: [point[1]! + 4, -1],
    });
    const { optimiser, asked } = run(name, mixed, 25, hostile);
    const valid = asked.filter((point) => point[0]! >= 0 && point[1]! <= 3);
    const least = Math.min(...valid.map((point) => point[1]! + 4));
    expect(optimiser.best()).toHaveLength(1);
    expect(optimiser.best()[0]!.constraints![0]).toBe(least);
  });

  test("takes points that were not asked for", () => {
    const optimiser = optimisers[name]({ variables: mixed, objectives: 2, random: seededRandom(1) });
    optimiser.tell([plain([0, 2, 5])]);
    expect(optimiser.best()).toEqual([plain([0, 2, 5])]);
    expect(optimiser.ask()).not.toContainEqual([0, 2, 5]);
  });

  test.each([
    ["no variables", { variables: [] }, "nothing to choose"],
    ["half an objective", { objectives: 0.5 }, "got 0.5"],
    ["an empty range", { variables: [{ low: 2, high: 1, kind: "real" }] }, "the real range 2 to 1"],
    [
      "whole numbers with a broken end",
      { variables: [{ low: 0, high: 1.5, kind: "integer" }] },
      "integer range 0 to 1.5",
    ],
  ] as const)("refuses %s", (_, change, message) => {
    const input = { variables: mixed, objectives: 2, random: seededRandom(1), ...change };
    expect(() => optimisers[name](input)).toThrow(message);
  });

  test.each([
    ["another number of objectives", { point: [0, 0, 5], objectives: [1] }, "1 objectives, expected 2"],
    [
      "a point that is not finite",
      { point: [0, Number.NaN, 5], objectives: [1, 1] },
      "values (0, NaN, 5), expected finite",
    ],
    ["another number of values", { point: [0], objectives: [1, 1] }, "1 values, expected 3"],
    [
      "constraints now and then",
      { point: [0, 0, 5], objectives: [1, 1], constraints: [0] },
      "1 constraints, expected 0",
    ],
  ])("refuses %s", (_, evaluation, message) => {
    const optimiser = optimisers[name]({ variables: mixed, objectives: 2, random: seededRandom(1) });
    optimiser.tell([plain([1, 1, 5])]);
    expect(() => optimiser.tell([evaluation])).toThrow(message);
  });

  test("refuses to go on without the points it asked for", () => {
    const optimiser = optimisers[name]({ variables: mixed, objectives: 2, random: seededRandom(1) });
    optimiser.ask();
    expect(() => optimiser.tell([plain([0.123, 1, 5])])).toThrow("is not told");
  });
});

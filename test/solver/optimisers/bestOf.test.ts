import { bestOf, type Evaluation, sortByDomination } from "@partitune/solver";
import { describe, expect, test } from "vitest";

const evaluation = (objectives: readonly number[], ...constraints: readonly number[]): Evaluation => ({
  point: objectives,
  objectives,
  constraints,
});

describe("constrained domination", () => {
  test("feasible beats infeasible, then the smaller total violation, then the objectives; invalid ones are last", () => {
    const evaluations = [
      evaluation([0, 0], 0.5, 0.5),
      evaluation([5, 5], -1, -1),
      evaluation([9, 9], 0.2, -3),
      evaluation([4, 6], 0, 0),
      evaluation([Number.NaN, 0], -1, -1),
      evaluation([1, 9], 1, 0),
      evaluation([6, 6], -1, -1),
      evaluation([0, Number.NEGATIVE_INFINITY], -1, -1),
      evaluation([0, 0], Number.NaN, 0),
    ];
    expect(sortByDomination(evaluations)).toEqual([[1, 3], [6], [2], [0], [5], [4, 7, 8]]);
  });

  test("nothing sorts to nothing", () => {
    expect(sortByDomination([])).toEqual([]);
    expect(bestOf([])).toEqual([]);
  });
});

describe("the best of some evaluations", () => {
  test("are the feasible ones that no other dominates, repeated ones once", () => {
    const front = [evaluation([1, 2], 0), evaluation([2, 1], -1)];
    expect(bestOf([...front, evaluation([1, 2], -5), evaluation([2, 2], 0), evaluation([0, 0], 1)])).toHaveLength(2);
    expect(bestOf(front)).toEqual(front);
  });

  test("are those of least violation when none is feasible, and never nothing", () => {
    const evaluations = [evaluation([0, 0], 3), evaluation([9, 9], 1, 1), evaluation([8, 8], 2)];
    expect(bestOf(evaluations)).toEqual([evaluation([8, 8], 2)]);
    const endless = [evaluation([1, 1], Number.POSITIVE_INFINITY)];
    expect(bestOf(endless)).toEqual(endless);
  });

  test("never hold what is invalid, however good it looks", () => {
    expect(bestOf([evaluation([Number.NaN, -1e9], -1), evaluation([3, 3], 7)])).toEqual([evaluation([3, 3], 7)]);
    expect(bestOf([evaluation([Number.NaN, 1], 0)])).toEqual([]);
  });
});

import { crowdingDistances } from "@partitune/numerics";
import { expect, test } from "vitest";

test("neighbours count, relative to the range of the front, and the ends are infinitely alone", () => {
  const front = [
    [0, 10],
    [1, 6],
    [4, 0],
    [2, 4],
  ];
  // (2 − 0)/4 + (10 − 4)/10 and (4 − 1)/4 + (6 − 0)/10
  expect([...crowdingDistances(front, 2)]).toEqual([Infinity, 1.1, Infinity, 1.35]);
});

test("an objective that does not vary adds nothing", () => {
  const front = [
    [0, 5],
    [1, 5],
    [2, 5],
  ];
  expect([...crowdingDistances(front, 2)]).toEqual([Infinity, 1, Infinity]);
  expect([...crowdingDistances([[1, 1]], 2)]).toEqual([0]);
  expect([...crowdingDistances([], 2)]).toEqual([]);
});

import { expect, test } from "vitest";
import type { Step } from "../../packages/profiler/src/planRound.ts";
import { timeLeft } from "../../packages/profiler/src/timeLeft.ts";
import { measuredRow } from "./fixtures/measuredRow.ts";

function step(workload: string, batch: number, round = 0): Step {
  return {
    id: `${workload} ${batch} ${round}`,
    point: measuredRow({ workload, batch, round }).point,
    role: { kind: "point" },
  };
}

/** What is estimated for steps when a 1, a 2 and b 1 took 2, 4 and 12 s in an earlier round. */
function estimateOf(...steps: readonly Step[]): number | null {
  const times = timeLeft(steps);
  times.learn(step("a", 1), 2);
  times.learn(step("a", 2), 4);
  times.learn(step("b", 1), 12);
  return times.estimate();
}

test("nothing is estimated before anything is learnt", () => {
  expect(timeLeft([step("a", 1)]).estimate()).toBeNull();
});

test("a measurement takes as long as its own last one, else as its workload's, else as all", () => {
  expect(estimateOf(step("a", 2, 1))).toBe(4);
  expect(estimateOf(step("a", 8))).toBe(3);
  expect(estimateOf(step("c", 1))).toBe(6);
  expect(estimateOf(step("a", 1, 1), step("b", 1, 1), step("c", 1))).toBe(2 + 12 + 6);
  expect(estimateOf()).toBe(0);
});

test("what is done is no longer left, and its time holds for its next round", () => {
  const times = timeLeft([step("a", 1), step("a", 1, 1), step("b", 1)]);
  times.learn(step("a", 1), 2);
  expect(times.estimate()).toBe(2 + 2);
  times.learn(step("a", 1, 1), 3);
  expect(times.estimate()).toBe(2.5);
  times.learn(step("b", 1), 7);
  expect(times.estimate()).toBe(0);
});

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

test("nothing is estimated before anything is learnt", () => {
  expect(timeLeft().estimate([step("a", 1)])).toBeNull();
});

test("a measurement takes as long as its own last one, else as its workload's, else as all", () => {
  const times = timeLeft();
  times.learn(step("a", 1), 2);
  times.learn(step("a", 2), 4);
  times.learn(step("b", 1), 12);
  expect(times.estimate([step("a", 2, 1)])).toBe(4);
  expect(times.estimate([step("a", 8)])).toBe(3);
  expect(times.estimate([step("c", 1)])).toBe(6);
  expect(times.estimate([step("a", 1, 1), step("b", 1, 1), step("c", 1)])).toBe(2 + 12 + 6);
  expect(times.estimate([])).toBe(0);
});

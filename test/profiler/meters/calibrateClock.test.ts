import { expect, test } from "vitest";
import { calibrateClock, monotonicSeconds } from "../../../packages/profiler/src/meters/index.ts";

test("step and cost are those of the clock that is read", () => {
  let reading = 0;
  const coarse = () => Math.floor(reading++ / 10) * 0.001;
  const { step, readingCost } = calibrateClock(coarse);
  expect(step).toBeCloseTo(0.001, 9);
  expect(readingCost).toBeCloseTo(0.0001, 6);
});

test("a clock that stands still has no step", () => {
  expect(calibrateClock(() => 5)).toEqual({ step: Number.POSITIVE_INFINITY, readingCost: 0 });
});

test("the machine's clock goes forward", () => {
  const { step, readingCost } = calibrateClock();
  expect(step).toBeGreaterThan(0);
  expect(readingCost).toBeGreaterThan(0);
  expect(monotonicSeconds()).toBeGreaterThan(0);
});

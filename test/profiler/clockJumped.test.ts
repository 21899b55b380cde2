import { describe, expect, test } from "vitest";
import { clockJumped } from "../../packages/profiler/src/clockJumped.ts";
import type { Run } from "../../packages/profiler/src/executor.ts";

const calm = { now: 10, wall: 10.02 };

/** Batches of 10 ms, one every 11 ms. */
const runs: readonly Run[] = Array.from({ length: 100 }, (_, i) => ({
  start: 5 + 0.011 * i,
  end: 5.0105 + 0.011 * i,
  service: 0.01,
}));

function withRun(i: number, change: Partial<Run>): readonly Run[] {
  return runs.map((run, at) => (at === i ? { ...run, ...change } : run));
}

function shifted(from: number, by: number): readonly Run[] {
  return runs.map((run, i) => (i < from ? run : { ...run, start: run.start + by, end: run.end + by }));
}

test("a clock that only goes on did not jump", () => {
  expect(clockJumped(runs, calm)).toBe(false);
  expect(clockJumped([], calm)).toBe(false);
});

test("long batches are no jump, and neither are pauses that all batches have", () => {
  expect(clockJumped(withRun(50, { end: runs[50]!.end + 30, service: 30 }).slice(0, 51), calm)).toBe(false);
  const paced = runs.map((run, i) => ({ start: 5 * i, end: 5 * i + 4.9, service: run.service }));
  expect(clockJumped(paced, { now: 500, wall: 500 })).toBe(false);
});

describe("a jump is seen", () => {
  test.each([
    ["backwards between two batches", shifted(40, -3)],
    ["backwards within a batch", withRun(40, { end: runs[40]!.start - 1 })],
    ["backwards within the worker", withRun(40, { service: -0.2 })],
    ["forwards between two batches", shifted(40, 3600)],
    ["forwards around a batch that took no longer", withRun(99, { end: runs[99]!.end + 60 })],
  ])("%s", (_, jumped) => {
    expect(clockJumped(jumped, calm)).toBe(true);
  });

  test.each([
    ["the calendar saw more time pass: the machine was suspended", { now: 10, wall: 70 }],
    ["the calendar saw less time pass", { now: 10, wall: 9 }],
  ])("%s", (_, elapsed) => {
    expect(clockJumped(runs, elapsed)).toBe(true);
  });
});

describe("batches of several processes", () => {
  /** Two processes in turn, each always busy: every batch starts while the other's runs. */
  const overlapping: readonly Run[] = Array.from({ length: 60 }, (_, i) => ({
    start: 5 * i,
    end: 5 * i + 10,
    service: 10,
    process: i % 2,
  }));
  const elapsed = { now: 305, wall: 305 };

  test("overlap without a jump", () => {
    expect(clockJumped(overlapping, elapsed)).toBe(false);
  });

  test("show one where a process starts before its last batch ended", () => {
    const back = overlapping.map((run, i) => (i < 30 ? run : { ...run, start: run.start - 12, end: run.end - 12 }));
    expect(clockJumped(back, elapsed)).toBe(true);
  });
});

import type { Measurement } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { findDrift } from "../../packages/profiler/src/findDrift.ts";
import { measuredRow } from "./fixtures/measuredRow.ts";

/** Baselines with these medians, two a round, and one other row in each round. */
function rounds(medians: readonly number[], halfWidth = 0.001): readonly Measurement[] {
  const baselines = medians.map((value, i) =>
    measuredRow({
      baseline: true,
      round: Math.floor(i / 2),
      p50: { value, low: value - halfWidth, high: value + halfWidth },
    }),
  );
  const others = Array.from({ length: Math.ceil(medians.length / 2) }, (_, round) => measuredRow({ round }));
  return [...baselines, ...others];
}

function driftedRounds(rows: readonly Measurement[]): readonly number[] {
  const drifted = findDrift(rows, 0.02).filter((row) => row.flags.includes("drifted"));
  return [...new Set(drifted.map((row) => row.point.round))];
}

test("baselines that agree mark nothing", () => {
  expect(driftedRounds(rounds([0.1, 0.101, 0.0995, 0.1, 0.1, 0.1005]))).toEqual([]);
});

test("a round whose baselines moved is marked, with all its rows", () => {
  const rows = rounds([0.1, 0.1, 0.12, 0.12, 0.1, 0.1]);
  expect(driftedRounds(rows)).toEqual([1]);
  const marked = findDrift(rows, 0.02).filter((row) => row.point.round === 1);
  expect(marked.every((row) => row.flags.includes("drifted"))).toBe(true);
});

test("a single round is marked when it closes otherwise than it opened", () => {
  expect(driftedRounds(rounds([0.1, 0.11]))).toEqual([0]);
  expect(driftedRounds(rounds([0.1, 0.1]))).toEqual([]);
});

describe("no drift is claimed", () => {
  test("for less than the precision asked for, however narrow the intervals", () => {
    expect(driftedRounds(rounds([0.1, 0.1015, 0.1, 0.1], 1e-6))).toEqual([]);
  });

  test("for less than the intervals explain", () => {
    expect(driftedRounds(rounds([0.1, 0.11, 0.1, 0.1], 0.02))).toEqual([]);
  });

  test("where a baseline's interval is open, or there is but one", () => {
    const open = measuredRow({ baseline: true, p50: { value: 0.2, low: null, high: 0.3 } });
    expect(driftedRounds([...rounds([0.1, 0.1]), open])).toEqual([]);
    expect(driftedRounds(rounds([0.1]))).toEqual([]);
  });

  test("about another workload, or another environment", () => {
    const rows = rounds([0.1, 0.12]);
    const marked = findDrift([...rows, measuredRow({ workload: "b" }), measuredRow({ environment: "e2" })], 0.02);
    expect(marked.slice(-2).every((row) => row.flags.length === 0)).toBe(true);
  });
});

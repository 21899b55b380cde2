import { type AnalysisName, analyseTaskSet } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { made, publishedOrder, publishedTasks, setOf } from "./publishedSet.ts";

/**
 * Table 2 of GCAPS (Wang, Liu, Wong, Kim, ECRTS 2024): the verdicts are published; the numbers, in ms, are those of an independent
 * implementation that agrees with the published tool on 12,000 random tests.
 */
const rows: readonly {
  readonly analysis: AnalysisName;
  readonly settings: { readonly slice?: number; readonly contextSwitch?: number; readonly update?: number };
  readonly order?: readonly number[];
  readonly expected: readonly number[];
  readonly misses: readonly string[];
}[] = [
  { analysis: "gcaps-suspend", settings: { update: 0 }, expected: [19, 53, 131, 327], misses: ["t4"] },
  { analysis: "gcaps-suspend", settings: { update: 0.5 }, expected: [22.5, 55.5, 137, 337], misses: ["t4"] },
  { analysis: "gcaps-suspend", settings: { update: 1 }, expected: [26, 58, 153, 347], misses: ["t4"] },
  { analysis: "gcaps-suspend", settings: { update: 2 }, expected: [33, 84, 169, 367], misses: ["t4"] },
  {
    analysis: "gcaps-suspend",
    settings: { update: 0 },
    order: publishedOrder,
    expected: [19, 66, 157, 127],
    misses: [],
  },
  {
    analysis: "gcaps-suspend",
    settings: { update: 0.5 },
    order: publishedOrder,
    expected: [22.5, 70.5, 175, 135],
    misses: [],
  },
  {
    analysis: "gcaps-suspend",
    settings: { update: 1 },
    order: publishedOrder,
    expected: [26, 75, 187, 143],
    misses: [],
  },
  { analysis: "gcaps-busy", settings: { update: 1 }, expected: [26, 64, 153, 347], misses: ["t4"] },
  { analysis: "gcaps-busy", settings: { update: 1 }, order: publishedOrder, expected: [26, 64, 187, 120], misses: [] },
  { analysis: "round-robin-suspend", settings: { slice: 1 }, expected: [33.4, 53, 311, 120], misses: ["t3"] },
  {
    analysis: "round-robin-suspend",
    settings: { slice: 1.024 },
    expected: [33.688, 53, 312.392, 120.48],
    misses: ["t3"],
  },
  { analysis: "round-robin-busy", settings: { slice: 1 }, expected: [33.4, 74.6, 311, 237.8], misses: ["t3", "t4"] },
  {
    analysis: "round-robin-busy",
    settings: { slice: 1.024 },
    expected: [33.688, 75.032, 312.392, 239.576],
    misses: ["t3", "t4"],
  },
];

describe("the published table", () => {
  test.each(rows)("comes out under $analysis with $settings and order $order", (row) => {
    const set = setOf(publishedTasks(row.order), row.settings);
    const { tasks, schedulable } = analyseTaskSet(set, row.analysis, made);
    expect(tasks.map(({ reachedSeconds }) => Math.round(reachedSeconds * 1e9))).toEqual(
      row.expected.map((milliseconds) => Math.round(milliseconds * 1e6)),
    );
    expect(tasks.filter(({ verdict }) => verdict === "misses").map(({ task }) => task)).toEqual(row.misses);
    expect(schedulable).toBe(row.misses.length === 0);
  });
});

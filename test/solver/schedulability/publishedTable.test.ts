import type { TaskSet } from "@partitune/schema";
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

/**
 * Equations 9 to 12 as they are printed, in ms, for sets with deadlines as periods: the second oracle of the busy rows. Written apart from the
 * solver, with D as the latest response in jitters where an order is given.
 */
function printedBusy({ tasks, accelerator }: TaskSet, order: readonly number[] | null): readonly number[] {
  const eps = accelerator.updateSeconds * 1e3;
  const rows = tasks.map(({ core, priority, periodSeconds, cpuSeconds, segments }, index) => ({
    core,
    priority,
    rank: order?.[index] ?? priority,
    period: Math.round(periodSeconds * 1e3),
    cpu: Math.round(cpuSeconds * 1e3),
    launch: Math.round(segments.reduce((sum, { launchSeconds }) => sum + launchSeconds * 1e3, 0)),
    execution: Math.round(segments.reduce((sum, { executionSeconds }) => sum + executionSeconds * 1e3, 0)),
    eta: segments.length,
  }));
  const responses: number[] = [];
  for (const own of rows) {
    const base = own.cpu + own.launch + own.execution + 2 * eps * own.eta + (own.eta + 1) * eps;
    let response = base;
    for (;;) {
      let next = base;
      for (const [h, other] of rows.entries()) {
        const segments = other.execution + 2 * eps * other.eta;
        const late = (order === null ? responses[h]! : other.period) - other.execution;
        if (other.core === own.core && other.priority > own.priority) {
          next += Math.ceil(response / other.period) * (other.cpu + other.launch + (own.eta > 0 ? segments : 0));
        } else if (other.core !== own.core && other.eta > 0 && other.rank > own.rank) {
          next += Math.ceil((response + late) / other.period) * segments;
        }
      }
      if (next === response || response > own.period) break;
      response = next;
    }
    responses.push(response);
  }
  return responses;
}

describe("the busy form as printed", () => {
  test("gives the oracle's numbers, and charges a task without segments too little", () => {
    expect(printedBusy(setOf(publishedTasks()), null)).toEqual([26, 54, 153, 347]);
    expect(printedBusy(setOf(publishedTasks()), publishedOrder)).toEqual([26, 54, 187, 120]);
    const { tasks } = analyseTaskSet(setOf(publishedTasks()), "gcaps-busy", made);
    expect(tasks[1]!.boundSeconds).toBe(0.064);
  });
});

describe("priorities of their own on the accelerator", () => {
  test.each(["gcaps-suspend-gpu-priorities", "gcaps-busy-gpu-priorities"] as const)(
    "%s finds the published order where the order of the processor fails",
    (analysis) => {
      const { tasks, schedulable, why } = analyseTaskSet(setOf(publishedTasks()), analysis, made);
      expect(schedulable).toBe(true);
      expect(tasks.map(({ gpuPriority }) => gpuPriority)).toEqual([4, null, 1, 2]);
      expect(why).toContain("another than on the processor");
    },
  );

  test("say that no order helps when the update takes 2 ms, as published", () => {
    const { tasks, schedulable, why } = analyseTaskSet(
      setOf(publishedTasks(), { update: 2 }),
      "gcaps-suspend-gpu-priorities",
      made,
    );
    expect(schedulable).toBe(false);
    expect(why).toContain("no order");
    expect(tasks[3]!.reachedSeconds).toBe(0.367);
  });

  test("miss with 2 ms in the published order: 33, 84 and 197 ms", () => {
    const { tasks } = analyseTaskSet(setOf(publishedTasks(publishedOrder), { update: 2 }), "gcaps-suspend", made);
    expect(tasks.slice(0, 3).map(({ reachedSeconds }) => reachedSeconds)).toEqual([0.033, 0.084, 0.197]);
    expect(tasks[2]!.verdict).toBe("misses");
  });
});

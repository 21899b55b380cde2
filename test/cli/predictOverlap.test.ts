import { type MeasureOverlapOptions, measureOverlap, type OverlapPolicyName } from "@partitune/profiler";
import { kernelOverlap } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { planOverlap } from "../../packages/cli/src/planOverlap.ts";
import { predictOverlap } from "../../packages/cli/src/predictOverlap.ts";
import { virtualDeviceClock, virtualLowTask, virtualTask } from "../profiler/overlap/virtualDevice.ts";

const made = { tool: "test", at: "2026-01-01T00:00:00Z", seed: "a", inputs: [] };

interface Changes {
  readonly feedback?: boolean;
  readonly idleQuantile?: number;
  readonly policies?: readonly OverlapPolicyName[];
}

function measure({ feedback = false, idleQuantile = 0.1, policies }: Changes = {}) {
  const clock = virtualDeviceClock();
  const settings = {
    key: "occurrence",
    estimator: "quantile",
    executionQuantile: 0.9,
    idleQuantile,
    minGap: 20_000,
    dispatch: 0,
    feedback,
    maxOverrun: null,
  } as const;
  const options: MeasureOverlapOptions = {
    high: virtualTask("high", [50_000, 60_000, 70_000, 80_000, 90_000, 20_000], clock),
    low: [
      virtualLowTask("first", [30_000, 190_000, 40_000], clock, 1),
      virtualLowTask("second", [25_000, 75_000], clock, 2),
    ],
    clock,
    think: { every: 2, mean: 300_000, spread: 0.6 },
    seed: "a",
    recordSteps: 8,
    steps: 12,
    plan: (traces) => planOverlap(traces, { priorities: [1, 2], settings, made }),
    deviceName: "virtual",
    made,
    synthetic: true,
    ...(policies === undefined ? {} : { policies }),
  };
  return measureOverlap(options);
}

describe("where nothing but operators takes time, prediction and measurement are the same", () => {
  const policies = ["exclusive", "fifo", "greedy", "fill"] as const;

  test.each([
    ["careful", {}],
    ["bold", { idleQuantile: 0.9 }],
    ["bold, with feedback", { idleQuantile: 0.9, feedback: true }],
  ])("%s", async (_what, changes) => {
    const overlap = predictOverlap(await measure({ ...changes, policies }));
    expect(kernelOverlap.parse(overlap).outcomes.map(({ policy }) => policy)).toEqual(policies);
    for (const { steps, predicted } of overlap.outcomes)
      expect(steps.map(({ completion, lowWork }) => ({ completion, lowWork }))).toEqual(predicted);
  });

  test("boldness delays, and feedback makes it less so", async () => {
    const delays = async (changes: Changes) => {
      const { outcomes } = (await measure(changes)).overlap;
      const of = (name: string) => outcomes.find(({ policy }) => policy === name)!.steps;
      return of("fill").reduce((sum, { completion }, i) => sum + completion - of("exclusive")[i]!.completion, 0);
    };
    const [careful, bold, learning] = [
      await delays({}),
      await delays({ idleQuantile: 0.9 }),
      await delays({ idleQuantile: 0.9, feedback: true }),
    ];
    expect(bold).toBeGreaterThan(careful);
    expect(learning).toBeLessThan(bold);
  });
});

test("a plan says what it is expected to do on recorded steps that it does not rest on", async () => {
  const { plan } = await measure();
  expect(plan.expected.steps).toBe(8);
  expect(plan.expected.filled.mean).toBeGreaterThan(0);
  expect(plan.synthetic).toBe(true);
});

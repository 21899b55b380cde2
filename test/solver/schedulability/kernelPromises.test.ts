import { seededRandom } from "@partitune/numerics";
import { InputError, type KernelFillPlan, type KernelTrace } from "@partitune/schema";
import { playKernels, toKernelTask } from "@partitune/simulator";
import { kernelPromises, toFillPlan } from "@partitune/solver";
import { buildKernelProfile, predictKernels } from "@partitune/surrogate";
import { describe, expect, test } from "vitest";
import { kernelsMade as made, type SyntheticRow, syntheticKernels } from "../../surrogate/fixtures/syntheticKernels.ts";

const expected: KernelFillPlan["expected"] = {
  steps: 1,
  delay: { mean: 0, longest: 0 },
  filled: { mean: 0, least: 0 },
};

/** A synthetic trace whose steps scatter; every kernel of it is the same kind but for its name. */
function randomTrace(task: string, seed: string, steps: number, longest: number): KernelTrace {
  const random = seededRandom(seed);
  const shape = Array.from({ length: 4 + random.integer(8) }, () => [1 + random.integer(longest), random.integer(400)]);
  const rows = Array.from({ length: steps }, () =>
    shape.map(([duration, idle], row): SyntheticRow => {
      const gap = row === shape.length - 1 ? 0 : Math.floor(idle! * (0.5 + random.next()));
      return [row % 3, Math.max(1, Math.floor(duration! * (0.5 + random.next()))), gap, gap > 0 ? 1 : 0];
    }),
  );
  return syntheticKernels(rows, { task });
}

function planOf(high: KernelTrace, low: KernelTrace, maxOverrun: number | null = null) {
  const settings = { minGap: 50, dispatch: 5, maxOverrun };
  const profile = buildKernelProfile(high, { made });
  const lowProfile = buildKernelProfile(low, { made });
  const plan = toFillPlan({ high: profile, lows: [{ profile: lowProfile, priority: 1 }], settings, expected, made });
  return { plan, profile, lowProfile, settings };
}

describe("what a fill plan promises its urgent task", () => {
  test.each([null, 100])(
    "is kept in every step when gaps are filled by the plan, with an overrun limit of %s",
    (limit) => {
      let nearest = 0;
      for (let number = 0; number < 150; number++) {
        const high = randomTrace("urgent", `urgent ${number}`, 5, 100);
        const low = randomTrace("other", `other ${number}`, 5, 150);
        const { plan, profile, lowProfile, settings } = planOf(high, low, limit);
        const { bound } = kernelPromises(plan, profile, { periodSeconds: 1 });
        const random = seededRandom(`arrival ${number}`);
        for (const [step] of high.steps.entries()) {
          const lowTask = { ...toKernelTask(low, random.integer(5)), priority: 1, jobs: 200 };
          const run = playKernels(
            { scenario: "preemption", high: toKernelTask(high, step), low: [lowTask], arrival: random.integer(2000) },
            "fill",
            {
              settings,
              predictions: {
                idles: predictKernels(profile, high.steps[step]!, { idleQuantile: 0.1, executionQuantile: 0.9 }).idles,
                durations: [
                  predictKernels(lowProfile, lowTask.step, { idleQuantile: 0.1, executionQuantile: 0.9 }).executions,
                ],
              },
            },
          );
          const longest = Math.round(bound.boundSeconds * 1e9);
          expect(run.completion).toBeLessThanOrEqual(longest);
          nearest = Math.max(nearest, run.completion / longest);
        }
      }
      expect(nearest).toBeGreaterThan(0.7);
    },
  );

  const trace = syntheticKernels([
    [
      [0, 100, 60, 1],
      [1, 200, 0, 0],
      [0, 110, 90, 1],
      [2, 10, 0, 0],
    ],
  ]);
  const low = syntheticKernels(
    [
      [
        [0, 50, 10, 1],
        [1, 80, 0, 0],
      ],
    ],
    { task: "other" },
  );

  test("is its longest kernels and gaps, one wait at arrival, and one after each gap that something fits in", () => {
    const { plan, profile } = planOf(trace, low);
    const { bound, promises } = kernelPromises(plan, profile, { periodSeconds: 1e-6 });
    // 420 ns of kernels and 150 of gaps; at arrival 80 + 5 − 1; the gap of 60 fits 50 + 5, the gap of 90 fits 80 + 5.
    expect(bound.boundSeconds).toBe(792e-9);
    expect(bound).toMatchObject({ proof: "simulated", filledGaps: 2, meets: true });
    expect(bound.unguardedSeconds).toBe(822e-9);
    expect(promises).toEqual([
      {
        id: "urgent response bound",
        subject: "urgent",
        metric: "response_s",
        percentile: 1,
        relation: "at-most",
        target: 1e-6,
        predicted: { value: 792e-9, low: null, high: 792e-9 },
      },
    ]);
  });

  test("is nothing when the deadline may be missed, and it says so", () => {
    const { plan, profile } = planOf(trace, low);
    const { bound, promises } = kernelPromises(plan, profile, { periodSeconds: 1, deadlineSeconds: 700e-9 });
    expect([promises, bound.meets]).toEqual([[], false]);
    expect(bound.why).toContain("beyond its deadline of 0.0007 ms");
  });

  test("needs the urgent task's own profile and a deadline within the period", () => {
    const { plan, profile, lowProfile } = planOf(trace, low);
    expect(() => kernelPromises(plan, lowProfile, { periodSeconds: 1 })).toThrow(InputError);
    expect(() => kernelPromises(plan, profile, { periodSeconds: 1, deadlineSeconds: 2 })).toThrow(InputError);
    expect(() => kernelPromises(plan, profile, { periodSeconds: -1 })).toThrow(InputError);
  });
});

import { buildKernelProfile, kernelPredictor, predictHeldOutKernels, predictKernels } from "@partitune/surrogate";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { haveKernelChains, readKernelChain } from "./fixtures/kernelChains.ts";
import { kernelsMade as made, type SyntheticRow, syntheticKernels } from "./fixtures/syntheticKernels.ts";

const trace = syntheticKernels([
  [
    [0, 100, 50_000, 1],
    [1, 200, 0, 0],
    [0, 110, 9_000, 1],
    [2, 10, 0, 0],
  ],
  [
    [0, 104, 40_000, 1],
    [1, 190, 0, 0],
    [0, 130, 8_000, 1],
    [2, 12, 0, 0],
  ],
  [
    [0, 105, 60_000, 1],
    [1, 210, 0, 0],
    [0, 120, 7_000, 1],
    [2, 11, 0, 0],
  ],
]);
const profile = buildKernelProfile(trace, { made });
const infinite = Number.POSITIVE_INFINITY;

describe("a prediction", () => {
  test("is the high quantile of execution times and the low one of idle times, by occurrence", () => {
    expect(predictKernels(profile, trace.steps[0]!)).toEqual({
      executions: [105, 210, 130, 12],
      idles: [40_000, 0, 7_000, 0],
      keys: [0, 3, 1, 6],
      fallbacks: 0,
      unknown: 0,
    });
  });

  test("by mean is rounded half up", () => {
    const { executions, idles } = predictKernels(profile, trace.steps[0]!, { estimator: "mean" });
    expect(executions).toEqual([103, 200, 120, 11]);
    expect(idles).toEqual([50_000, 0, 8_000, 0]);
  });

  test("by identity alone confuses occurrences", () => {
    const { executions, idles, fallbacks } = predictKernels(profile, trace.steps[0]!, { key: "identity" });
    expect(executions).toEqual([130, 210, 130, 12]);
    expect(idles).toEqual([7_000, 0, 7_000, 0]);
    expect(fallbacks).toBe(0);
  });

  test("falls back to the identity at an occurrence that was not seen, and says how often", () => {
    const prediction = predictKernels(profile, { identities: [0, 0, 0, 2, 2] });
    expect(prediction.executions).toEqual([105, 130, 130, 12, 12]);
    expect(prediction.idles).toEqual([40_000, 7_000, 7_000, 0, 0]);
    expect(prediction.fallbacks).toBe(2);
  });

  test("of an operation that nobody measured is no idle time and no end", () => {
    const identities = [...trace.identities, { name: "stranger", grid: null, block: null }];
    const prediction = predictKernels(profile, { identities: [0, 3, 2] }, { identities });
    expect(prediction.executions).toEqual([105, infinite, 12]);
    expect(prediction.idles).toEqual([40_000, 0, 0]);
    expect(prediction.unknown).toBe(1);
  });

  test("goes by name and geometry, whatever the order of identities in another trace", () => {
    const reversed = trace.identities.toReversed();
    const sequence = { identities: trace.steps[0]!.identities.map((identity) => 2 - identity) };
    expect(predictKernels(profile, sequence, { identities: reversed })).toEqual(
      predictKernels(profile, trace.steps[0]!),
    );
  });

  test("takes idle time from the identity where the occurrence only ever ended a step", () => {
    const ends = syntheticKernels([
      [
        [0, 10, 500, 1],
        [0, 20, 0, 0],
      ],
      [
        [0, 10, 500, 1],
        [0, 20, 0, 0],
      ],
    ]);
    const { executions, idles } = predictKernels(
      buildKernelProfile(ends, { made }),
      { identities: [0, 0, 1] },
      {
        identities: [...ends.identities, { name: "z", grid: null, block: null }],
      },
    );
    expect(executions).toEqual([10, 20, infinite]);
    expect(idles).toEqual([500, 500, 0]);
  });

  test("knows execution times alone where gaps are not known", () => {
    const only = buildKernelProfile({ ...trace, gapsKnown: false }, { made });
    const { executions, idles } = predictKernels(only, trace.steps[0]!);
    expect(executions).toEqual([105, 210, 130, 12]);
    expect(idles).toEqual([0, 0, 0, 0]);
  });

  test("is a sample, and grows with the quantile", () => {
    const row = fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 1e6 }), fc.nat(1e6), fc.constantFrom(0, 1, 2));
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    const rows = fc.array(fc.array(row, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rows, part, part, fc.constantFrom("occurrence", "identity"), (steps, p, q, key) => {
        const any = syntheticKernels(steps as SyntheticRow[][]);
        const own = buildKernelProfile(any, { made });
        const at = (quantile: number) =>
          predictKernels(own, any.steps[0]!, { key, executionQuantile: quantile, idleQuantile: quantile });
        const [low, high] = [at(Math.min(p, q)), at(Math.max(p, q))];
        const durations = new Set(any.steps.flatMap((step) => step.durations));
        for (const [i, execution] of low.executions.entries()) {
          expect(durations).toContain(execution);
          expect(execution).toBeLessThanOrEqual(high.executions[i]!);
          expect(low.idles[i]).toBeLessThanOrEqual(high.idles[i]!);
        }
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    [{ idleQuantile: 1.1 }, '"idleQuantile" is 1.1'],
    [{ executionQuantile: Number.NaN }, '"executionQuantile" is NaN'],
  ])("is refused with %j", (options, message) => {
    expect(() => kernelPredictor(profile, options)).toThrow(message);
  });

  test("is refused for an index that names nothing", () => {
    expect(() => predictKernels(profile, { identities: [5] })).toThrow("identity 5 is none of those given");
  });
});

describe("predictions of held-out steps", () => {
  test("rest on the other steps alone", () => {
    const predict = predictHeldOutKernels(trace, [])({ idleQuantile: 0 });
    for (const heldOut of [0, 1, 2]) {
      const others = buildKernelProfile(trace, { made, without: [heldOut] });
      const { idles, keys } = predictKernels(others, trace.steps[heldOut]!, { idleQuantile: 0 });
      expect(predict(heldOut)).toEqual({ idles, durations: [], keys });
    }
  });

  test("of others rest on their other steps, and of a single step on itself", () => {
    const single = { ...trace, steps: trace.steps.slice(1, 2) };
    const { durations } = predictHeldOutKernels(trace, [{ trace }, { trace: single }, { trace, step: 0 }])()(0);
    expect(durations).toEqual([
      [104, 200, 130, 12],
      [104, 190, 130, 12],
      [105, 210, 130, 12],
    ]);
  });

  test("are refused where nothing is left to predict from", () => {
    const single = { ...trace, steps: trace.steps.slice(0, 1) };
    expect(() => predictHeldOutKernels(single, [])()(0)).toThrow('"urgent" has 1 step, and all are left out');
    expect(() => predictHeldOutKernels(trace, [])()(3)).toThrow("step 3");
  });

  test.skipIf(!haveKernelChains)("serve most operations of a real trace whose steps differ by their own key", () => {
    const real = readKernelChain("train_a100_lowutil");
    const { sequence } = buildKernelProfile(real, { made });
    expect(sequence.identical).toBe(false);
    expect(sequence.positionsThatDiffer).toBe(2);
    expect(sequence.fallbackFraction).toBeLessThan(0.01);
  });
});

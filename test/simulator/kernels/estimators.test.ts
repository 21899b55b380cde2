import { predictHeldOutKernels } from "@partitune/surrogate";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { haveChains, type Row, readChain, toStep } from "./chains.ts";
import { type Estimator, meanHalfUp, nearestRank, predictLast, predictStep } from "./estimators.ts";
import { traceOf } from "./testKernels.ts";

const estimators = (["identity", "occurrence"] as const).flatMap((key) =>
  (["mean", "quantile"] as const).map((value) => ({ key, value })),
);

function bothPredict(high: readonly (readonly Row[])[], low: readonly (readonly Row[])[], estimator: Estimator) {
  const { key, value, ...quantiles } = estimator;
  const traces = [high, low].map((steps) => traceOf("task", steps.map(toStep)));
  const predict = predictHeldOutKernels(traces[0]!, [{ trace: traces[1]! }])({ key, estimator: value, ...quantiles });
  return high.map((step, heldOut) => {
    const { idles, durations } = predict(heldOut);
    const expected = {
      idles: predictStep(high.toSpliced(heldOut, 1), step, estimator).idles,
      durations: [predictLast(low, estimator).durations],
    };
    return { surrogate: { idles, durations }, expected };
  });
}

describe("the estimators that these tests rest on", () => {
  test("the mean of whole numbers is rounded, halves up", () => {
    expect([[1, 2], [1, 1, 2], [7]].map(meanHalfUp)).toEqual([2, 1, 7]);
  });

  test("a quantile is the element of its rank, at least the first", () => {
    const five = [50, 10, 40, 20, 30];
    expect([0, 0.1, 0.2, 0.21, 0.5, 0.9, 1].map((p) => nearestRank(five, p))).toEqual([10, 10, 10, 20, 30, 50, 50]);
  });

  test("an unknown occurrence falls back to its identity; an unknown identity has no idle time and never fits", () => {
    const rows: readonly Row[] = [
      [0, 5, 7, 1],
      [0, 6, 0, 0],
    ];
    const step: readonly Row[] = [...rows, [0, 1, 0, 0], [1, 1, 0, 0]];
    expect(predictStep([rows], step, { key: "occurrence", value: "quantile" })).toEqual({
      idles: [7, 7, 7, 0],
      durations: [5, 6, 6, Number.POSITIVE_INFINITY],
    });
  });
});

describe("the surrogate predicts the same", () => {
  test("for random tasks and quantiles", () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.nat(50), fc.nat(50), fc.constant(1));
    const steps = (least: number) =>
      fc.array(fc.array(row, { minLength: 1, maxLength: 8 }), { minLength: least, maxLength: 5 });
    const quantile = fc.integer({ min: 0, max: 20 }).map((twentieths) => twentieths / 20);
    fc.assert(
      fc.property(steps(2), steps(1), fc.constantFrom(...estimators), quantile, quantile, (high, low, ...rest) => {
        const [estimator, executionQuantile, idleQuantile] = rest;
        for (const { surrogate, expected } of bothPredict(high, low, { ...estimator, executionQuantile, idleQuantile }))
          expect(surrogate).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test.skipIf(!haveChains).each(estimators)("for public chains, by $key, $value", (estimator) => {
    for (const high of ["resnet50_train_w0_a", "train_a100_lowutil"])
      for (const { surrogate, expected } of bothPredict(readChain(high), readChain("orion_bert_2_fwd"), estimator))
        expect(surrogate).toEqual(expected);
  });
});

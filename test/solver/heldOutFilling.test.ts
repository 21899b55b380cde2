import { playKernels, toKernelTask } from "@partitune/simulator";
import { type FilledStep, type QuantilePair, quantileFront, summariseFilling } from "@partitune/solver";
import { type KernelEstimator, predictHeldOutKernels } from "@partitune/surrogate";
import { describe, expect, test } from "vitest";
import { haveKernelChains, readKernelChain } from "../surrogate/fixtures/kernelChains.ts";

const estimators: Readonly<Record<string, Partial<KernelEstimator>>> = {
  "identity mean": { key: "identity", estimator: "mean" },
  "identity quantile": { key: "identity", estimator: "quantile" },
  "occurrence mean": { key: "occurrence", estimator: "mean" },
  "occurrence quantile": { key: "occurrence", estimator: "quantile" },
};

// Every step held out in turn, gaps from 20 µs, 5 µs to hand over; delay and work of the other task, ms, means over steps. Computed from the
// public chains by an independent simulation of the same rules; the last two ignore launches.
const published = [
  {
    high: "resnet50_train_w0_a",
    low: "orion_mobilenetv2_4_fwd",
    seeing: {
      "identity mean": [0.132, 4.236],
      "identity quantile": [0.007, 1.666],
      "occurrence mean": [0.089, 6.626],
      "occurrence quantile": [0.002, 6.583],
    },
    blind: { "identity mean": [1.031, 4.983], "occurrence quantile": [0.002, 6.583] },
  },
  {
    high: "resnet50_train_w0_b",
    low: "orion_mobilenetv2_4_fwd",
    seeing: {
      "identity mean": [0.138, 4.363],
      "identity quantile": [0.009, 1.759],
      "occurrence mean": [0.127, 6.661],
      "occurrence quantile": [0.01, 6.583],
    },
    blind: { "identity mean": [1.061, 5.289], "occurrence quantile": [0.009, 6.583] },
  },
  {
    high: "train_a100_lowutil",
    low: "orion_resnet50_4_fwd",
    seeing: {
      "identity mean": [3.117, 85.7],
      "identity quantile": [0.017, 45.68],
      "occurrence mean": [0.404, 85.99],
      "occurrence quantile": [0.187, 81.2],
    },
    blind: { "identity mean": [3.482, 85.89], "occurrence quantile": [0.19, 81.2] },
  },
] as const;

/** Plays held-out steps of a public chain beside another. */
function player(highName: string, lowName: string, blind = false) {
  const [high, low] = [readKernelChain(highName), readKernelChain(lowName)];
  const predict = predictHeldOutKernels(high, [{ trace: low }]);
  const lows = [{ ...toKernelTask(low, low.steps.length - 1), priority: 0, jobs: null }];
  return {
    heldOut: high.steps.map((_, step) => step),
    play(estimator: Partial<KernelEstimator>, step: number): FilledStep {
      const game = { scenario: "co-run", high: toKernelTask(high, step), low: lows } as const;
      const settings = { minGap: 20_000, dispatch: 5_000, blind };
      const run = playKernels(game, "fill", { settings, predictions: predict(estimator)(step) });
      return { delay: run.completion - run.alone, lowWork: run.lowWork };
    },
  };
}

describe.skipIf(!haveKernelChains)("filling of real steps, each held out, to the printed digits", () => {
  const cases = published.flatMap(({ high, low, seeing, blind }) => [
    ...Object.entries(seeing).map(([name, expected]) => ({ high, low, name, how: "seeing", expected })),
    ...Object.entries(blind).map(([name, expected]) => ({ high, low, name, how: "blind", expected })),
  ]);

  test.each(cases)("$high beside $low, $name, $how", ({ high, low, name, how, expected }) => {
    const { heldOut, play } = player(high, low, how === "blind");
    const { delay, filled } = summariseFilling(heldOut.map((step) => play(estimators[name]!, step)));
    const [delayMs, filledMs] = [delay.mean / 1e6, filled.mean / 1e6];
    expect(delayMs).toBeCloseTo(expected[0], 3);
    expect(filledMs).toBeCloseTo(expected[1], high.startsWith("train") ? 2 : 3);
  });

  test("bolder quantiles fill more and delay more: a front, of which careful pairs are a part", () => {
    const { heldOut, play } = player("train_a100_lowutil", "orion_resnet50_4_fwd");
    const pairs: readonly QuantilePair[] = [
      { executionQuantile: 0.9, idleQuantile: 0 },
      { executionQuantile: 0.9, idleQuantile: 0.5 },
      { executionQuantile: 0.9, idleQuantile: 1 },
    ];
    const points = quantileFront({ pairs, heldOut, play }).map(({ point }) => point);
    const [careful, , bold] = points;
    expect(careful!.efficient).toBe(true);
    expect(bold!.delay).toBeGreaterThan(5 * careful!.delay);
    expect(points.filter(({ efficient }) => efficient).length).toBeGreaterThan(1);
  });
});

import { buildKernelProfile, predictKernels, scoreKernels } from "@partitune/surrogate";
import { describe, expect, test } from "vitest";
import { haveKernelChains, readKernelChain } from "./fixtures/kernelChains.ts";
import { kernelsMade } from "./fixtures/syntheticKernels.ts";

// Last step held out, profile from the earlier ones. Computed from the public chains by an independent implementation of the same rules:
// errors of execution and idle times, over-prediction everywhere and where nothing was launched, idle time captured (ms), gaps long and short.
const published = {
  resnet50_train_w0_a: {
    "identity mean": ["11.37", "46.7", "4.540", "0.795", "3.575", 21, 4],
    "identity quantile": ["25.05", "44.1", "0.171", "0.010", "2.146", 14, 0],
    "occurrence mean": ["1.25", "11.1", "1.510", "0.620", "7.143", 43, 5],
    "occurrence quantile": ["1.90", "6.3", "0.068", "0.040", "6.689", 39, 0],
  },
  resnet50_train_w0_b: {
    "identity mean": ["11.32", "46.5", "3.819", "0.661", "3.776", 21, 2],
    "identity quantile": ["24.88", "49.1", "0.062", "0.026", "2.353", 15, 0],
    "occurrence mean": ["1.09", "17.2", "1.007", "0.260", "7.288", 42, 1],
    "occurrence quantile": ["1.72", "17.4", "0.060", "0.020", "6.687", 39, 0],
  },
  train_a100_lowutil: {
    "identity mean": ["27.3", "39.7", "34.180", "20.952", "124.1", 678, 332],
    "identity quantile": ["27.6", "37.2", "2.781", "0.548", "85.9", 242, 3],
    "occurrence mean": ["21.2", "9.0", "9.533", "2.917", "136.2", 407, 14],
    "occurrence quantile": ["19.8", "8.1", "6.271", "1.341", "134.5", 404, 8],
  },
} as const;

describe.skipIf(!haveKernelChains)("predictions of real steps, to the printed digits", () => {
  for (const [task, estimators] of Object.entries(published))
    test.each(Object.entries(estimators))(`${task}, %s`, (words, expected) => {
      const [key, estimator] = words.split(" ") as ["identity" | "occurrence", "mean" | "quantile"];
      const trace = readKernelChain(task);
      const last = trace.steps.length - 1;
      const profile = buildKernelProfile(trace, { made: kernelsMade, without: [last] });
      const prediction = predictKernels(profile, trace.steps[last]!, { key, estimator });
      const scores = scoreKernels(prediction, trace.steps[last]!);
      const digits = (text: string | number) => String(text).split(".")[1]!.length;
      const percent = (part: number | null, like: string | number) => (100 * part!).toFixed(digits(like));
      const milliseconds = (time: number, like: string | number) => (time / 1e6).toFixed(digits(like));
      expect([
        percent(scores.executionError, expected[0]),
        percent(scores.idleError, expected[1]),
        milliseconds(scores.overPredicted, expected[2]),
        milliseconds(scores.overPredictedEmpty, expected[3]),
        milliseconds(scores.captured, expected[4]),
        scores.longGaps,
        scores.shortGaps,
      ]).toEqual(expected);
      expect(prediction.unknown).toBe(0);
    });
});

// Busy part of a step, from the same source: the real card works 24 %, 85 % and 98 % of it.
test.skipIf(!haveKernelChains).each([
  ["train_a100_lowutil", 0.24, "worthwhile"],
  ["resnet50_train_w0_a", 0.85, "worthwhile"],
  ["resnet_train_v100_ns", 0.98, "nothing-to-gain"],
] as const)("of %s the device works %d of a step: %s", (task, busy, gain) => {
  const profile = buildKernelProfile(readKernelChain(task), { made: kernelsMade });
  expect(Math.round(100 * profile.busyFraction) / 100).toBe(busy);
  expect(profile.gain).toBe(gain);
});

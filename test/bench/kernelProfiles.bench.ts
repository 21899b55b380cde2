import assert from "node:assert/strict";
import {
  buildKernelProfile,
  type KernelEstimator,
  type KernelScores,
  predictKernels,
  scoreKernels,
} from "@partitune/surrogate";
import { haveKernelChains, readKernelChain } from "../surrogate/fixtures/kernelChains.ts";
import { kernelsMade as made } from "../surrogate/fixtures/syntheticKernels.ts";
import type { BenchRow } from "./benchRow.ts";
import { medianSeconds } from "./medianSeconds.ts";

const traces = ["resnet50_train_w0_a", "resnet50_train_w0_b", "train_a100_lowutil"];
const means: Partial<KernelEstimator> = { key: "identity", estimator: "mean" };
const ours: Partial<KernelEstimator> = { key: "occurrence", estimator: "quantile" };

/**
 * Predicted idle time of real training steps that no profile has seen: means of plain identities, as a scheduler by kernel names has them,
 * against low quantiles by occurrence. Targets are the ranges that an independent analysis of the same traces found, rounded as there.
 */
export async function bench(): Promise<BenchRow[]> {
  if (!haveKernelChains) {
    process.stderr.write("kernel profiles: skipped, the public kernel chains are not there\n");
    return [];
  }
  return [...traces.flatMap(rowsOf), speedRow()];
}

function rowsOf(task: string): BenchRow[] {
  const plain = scoresOf(task, means);
  const careful = scoresOf(task, ours);
  const less = plain.overPredictedEmpty / careful.overPredictedEmpty;
  const more = careful.captured / plain.captured;
  return [
    {
      name: `${task}: over-predicted idle time, times less than by identity means`,
      target: "16–33",
      value: less,
      unit: "×",
      met: less >= 15.5,
      note: `${milliseconds(plain.overPredictedEmpty)} against ${milliseconds(careful.overPredictedEmpty)} where nothing was launched; ${milliseconds(plain.overPredicted)} against ${milliseconds(careful.overPredicted)} everywhere; last step held out`,
    },
    {
      name: `${task}: idle time captured, times more than by identity means`,
      target: "1.1–1.9",
      value: more,
      unit: "×",
      met: more >= 1.05,
      note: `${milliseconds(plain.captured)} against ${milliseconds(careful.captured)}; gaps predicted from 100 µs: ${plain.longGaps}, of which ${plain.shortGaps} too short, against ${careful.longGaps}, ${careful.shortGaps}; error of execution times ${percent(plain.executionError)} against ${percent(careful.executionError)}, of idle times ${percent(plain.idleError)} against ${percent(careful.idleError)}`,
    },
  ];
}

function scoresOf(task: string, estimator: Partial<KernelEstimator>): KernelScores {
  const trace = readKernelChain(task);
  const last = trace.steps.length - 1;
  const profile = buildKernelProfile(trace, { made, without: [last] });
  return scoreKernels(predictKernels(profile, trace.steps[last]!, estimator), trace.steps[last]!);
}

function speedRow(): BenchRow {
  const trace = readKernelChain(traces[0]!);
  const operations = trace.steps.reduce((total, { identities }) => total + identities.length, 0);
  const profile = buildKernelProfile(trace, { made });
  assert.equal(profile.steps, trace.steps.length);
  const seconds = medianSeconds(() => buildKernelProfile(trace, { made }), 9);
  return {
    name: `build a kernel profile of ${operations} operations`,
    value: operations / seconds,
    unit: "operations/s",
    met: null,
  };
}

function milliseconds(nanoseconds: number): string {
  return `${(nanoseconds / 1e6).toFixed(3)} ms`;
}

function percent(part: number | null): string {
  return part === null ? "unknown" : `${(100 * part).toFixed(1)} %`;
}

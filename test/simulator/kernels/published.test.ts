import { describe, expect, test } from "vitest";
import type { KernelGame, KernelPredictions } from "../../../packages/simulator/src/kernelGame.ts";
import type { KernelOptions } from "../../../packages/simulator/src/kernelSettings.ts";
import type { KernelPolicyName } from "../../../packages/simulator/src/kernels/index.ts";
import { playKernels } from "../../../packages/simulator/src/playKernels.ts";
import {
  type Combination,
  type ExpectedRun,
  haveChains,
  readChain,
  readCombinations,
  readExpected,
  toStep,
} from "./chains.ts";
import { type Estimator, predictLast } from "./estimators.ts";

const identityMean: Estimator = { key: "identity", value: "mean" };
const identityQuantile: Estimator = { key: "identity", value: "quantile" };
const occurrenceMean: Estimator = { key: "occurrence", value: "mean" };
const occurrenceQuantile: Estimator = { key: "occurrence", value: "quantile" };

/** The rows of the published table. */
const modes: Readonly<Record<string, { policy: KernelPolicyName; estimator?: Estimator; settings?: KernelOptions }>> = {
  timeslice: { policy: "timeslice" },
  fifo: { policy: "fifo" },
  greedy: { policy: "greedy" },
  "fill id-mean": { policy: "fill", estimator: identityMean },
  "fill id-q": { policy: "fill", estimator: identityQuantile },
  "fill occ-mean": { policy: "fill", estimator: occurrenceMean },
  "fill occ-q": { policy: "fill", estimator: occurrenceQuantile },
  "fill oracle": { policy: "fill", settings: { oracle: true } },
  "blind id-mean": { policy: "fill", estimator: identityMean, settings: { blind: true } },
  "blind occ-q": { policy: "fill", estimator: occurrenceQuantile, settings: { blind: true } },
};

function gameOf({ hp, lp, arrival_ns }: Combination, scenario: KernelGame["scenario"]): KernelGame {
  const low = lp.map(({ chain, level, jobs }) => ({
    name: chain,
    step: toStep(readChain(chain).at(-1)!),
    priority: level,
    jobs: scenario === "co-run" ? null : jobs,
  }));
  const high = { name: hp, step: toStep(readChain(hp).at(-1)!) };
  return scenario === "co-run" ? { scenario, high, low } : { scenario, high, low, arrival: arrival_ns };
}

function predictionsOf({ hp, lp }: Combination, estimator: Estimator): KernelPredictions {
  const predict = (chain: string) => predictLast(readChain(chain), estimator);
  return { idles: predict(hp).idles, durations: lp.map(({ chain }) => predict(chain).durations) };
}

function play(combination: Combination, scenario: KernelGame["scenario"], mode: string): ExpectedRun {
  const { policy, estimator, settings } = modes[mode]!;
  const { eps_ns, dispatch_ns, window, slice_ns, switch_ns } = combination.params;
  const common = { minGap: eps_ns, dispatch: dispatch_ns, window, quantum: slice_ns, switching: switch_ns };
  // The published counts leave out what is in the queue when the urgent task arrives.
  let ahead = { work: 0, operations: 0 };
  let begun = policy === "timeslice";
  const run = playKernels(gameOf(combination, scenario), policy, {
    settings: { ...common, ...settings },
    ...(estimator === undefined ? {} : { predictions: predictionsOf(combination, estimator) }),
    watch(task, _row, start, end) {
      if (task < 0) begun = true;
      if (!begun) ahead = { work: ahead.work + end - start, operations: ahead.operations + 1 };
    },
  });
  const { completion: jct, alone } = run;
  if (scenario === "preemption") return { jct, harm: jct - alone, lp_finish: run.lowFinishes as readonly number[] };
  const work = run.lowWork - ahead.work;
  if (policy === "timeslice") return { jct, harm: jct - alone, lp_service: work };
  return {
    jct,
    harm: jct - alone,
    lp_service: work,
    lp_kernels: run.lowOperations - ahead.operations,
    gap_service: work,
    delayed_gaps: run.lateGaps,
    max_delay: run.latest,
  };
}

describe.skipIf(!haveChains)("the published results of real chains, to the nanosecond", () => {
  const combinations = haveChains ? readCombinations() : [];
  const expected = haveChains ? readExpected() : [];

  test.each(combinations.flatMap(({ name }) => Object.keys(modes).map((mode) => ({ name, mode }))))(
    "$name, $mode",
    ({ name, mode }) => {
      const combination = combinations.find((each) => each.name === name)!;
      const published = expected.find((each) => each.name === name)!;
      expect(play(combination, "co-run", mode)).toEqual(published.corun[mode]);
      expect(play(combination, "preemption", mode)).toEqual(published.preempt[mode]);
    },
  );
});

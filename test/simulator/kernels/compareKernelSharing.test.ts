import { InputError, kernelSharing } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import {
  type CompareKernelSharingInput,
  compareKernelSharing,
  type KernelContender,
} from "../../../packages/simulator/src/compareKernelSharing.ts";
import { toKernelTask } from "../../../packages/simulator/src/toKernelTask.ts";
import { haveChains, readChain, toStep } from "./chains.ts";
import { type Estimator, predictLast, predictStep } from "./estimators.ts";
import { made, stepOf, traceOf } from "./testKernels.ts";

function traceOfChain(name: string) {
  return traceOf(name, readChain(name).map(toStep), { synthetic: false });
}

/** Every step of a public chain held out in turn, its predictions from the others. */
function compareChains(high: string, low: string, contenders: readonly (Estimator & { blind?: boolean })[]) {
  const steps = readChain(high);
  return compareKernelSharing({
    scenario: "co-run",
    high: traceOfChain(high),
    low: [{ trace: traceOfChain(low), priority: 0, jobs: null }],
    contenders: contenders.map(({ blind = false, ...estimator }) => ({
      policy: "fill",
      settings: { blind },
      predict: (heldOut) => ({
        idles: predictStep(steps.toSpliced(heldOut, 1), steps[heldOut]!, estimator).idles,
        durations: [predictLast(readChain(low), estimator).durations],
      }),
    })),
    made,
  });
}

const identityMean = { key: "identity", value: "mean" } as const;
const identityQuantile = { key: "identity", value: "quantile" } as const;
const occurrenceMean = { key: "occurrence", value: "mean" } as const;
const occurrenceQuantile = { key: "occurrence", value: "quantile" } as const;

describe.skipIf(!haveChains)("the published comparison of keys and estimators, every step held out in turn", () => {
  // Delay of the urgent task and work of the other, ms, means over steps: reference table, minimum gap 20 µs, dispatch 5 µs.
  test.each([
    {
      high: "resnet50_train_w0_a",
      low: "orion_mobilenetv2_4_fwd",
      published: [
        [0.132, 4.236],
        [0.007, 1.666],
        [0.089, 6.626],
        [0.002, 6.583],
        [1.031, 4.983],
        [0.002, 6.583],
      ],
    },
    {
      high: "resnet50_train_w0_b",
      low: "orion_mobilenetv2_4_fwd",
      published: [
        [0.138, 4.363],
        [0.009, 1.759],
        [0.127, 6.661],
        [0.01, 6.583],
        [1.061, 5.289],
        [0.009, 6.583],
      ],
    },
    {
      high: "train_a100_lowutil",
      low: "orion_resnet50_4_fwd",
      published: [
        [3.117, 85.7],
        [0.017, 45.68],
        [0.404, 85.99],
        [0.187, 81.2],
        [3.482, 85.89],
        [0.19, 81.2],
      ],
    },
  ])("$high beside $low", ({ high, low, published }) => {
    const blind = { blind: true };
    const { outcomes } = compareChains(high, low, [
      identityMean,
      identityQuantile,
      occurrenceMean,
      occurrenceQuantile,
      { ...identityMean, ...blind },
      { ...occurrenceQuantile, ...blind },
    ]);
    for (const [i, [delay, work]] of published.entries()) {
      expect(outcomes[i]!.delay / 1e6).toBeCloseTo(delay!, 2.9);
      expect(outcomes[i]!.lowWork / 1e6).toBeCloseTo(work!, work! > 10 ? 1.9 : 2.9);
    }
  });

  // Predicted idle time that was not there, ms: last step held out, where the queue was empty.
  test.each([
    { chain: "resnet50_train_w0_a", published: [0.795, 0.01, 0.62, 0.04] },
    { chain: "resnet50_train_w0_b", published: [0.661, 0.026, 0.26, 0.02] },
    { chain: "train_a100_lowutil", published: [20.952, 0.548, 2.917, 1.341] },
  ])("over-prediction in $chain", ({ chain, published }) => {
    const { outcomes } = compareKernelSharing({
      scenario: "co-run",
      high: traceOfChain(chain),
      low: [],
      heldOut: [readChain(chain).length - 1],
      contenders: [identityMean, identityQuantile, occurrenceMean, occurrenceQuantile].map((estimator) => ({
        policy: "fill",
        predict: () => ({ idles: predictLast(readChain(chain), estimator).idles, durations: [] }),
      })),
      made,
    });
    for (const [i, over] of published.entries()) expect(outcomes[i]!.overPredicted! / 1e6).toBeCloseTo(over, 2.9);
  });
});

describe("ways of sharing compared", () => {
  const high = traceOf("urgent", [stepOf([10, 20], [10]), stepOf([10, 40], [10]), stepOf([10, 30], [10])]);
  const low = traceOf("other", [stepOf([99]), stepOf([6])]);
  const filled: KernelContender = {
    policy: "fill",
    predict: (heldOut) => ({ idles: [heldOut === 0 ? 30 : 20], durations: [[6]] }),
  };
  const input: CompareKernelSharingInput = {
    scenario: "co-run",
    high,
    low: [{ trace: low, priority: 0, jobs: null }],
    contenders: [{ policy: "exclusive" }, filled],
    default: "fifo",
    settings: { minGap: 1, dispatch: 0, window: 1 },
    made,
  };

  test("each step is a game of its own; outcomes are means, the longest delay the longest", () => {
    const { heldOut, outcomes } = compareKernelSharing(input);
    expect(heldOut).toEqual([0, 1, 2]);
    // 30 predicted of 20: four operations, 4 late; then 20 of 40 and of 30: three each. One queue ends at 50, 68 and 62.
    expect(outcomes[1]).toEqual({
      policy: "fill",
      title: "gaps filled by prediction",
      highCompletion: (44 + 60 + 50) / 3,
      lowWork: (24 + 18 + 18) / 3,
      lowCompletion: null,
      lowCompletions: null,
      speedUp: expect.closeTo(180 / 154, 12),
      slowDown: expect.closeTo(154 / 150, 12),
      lowRatio: expect.closeTo(60 / (30 + 48 + 42), 12),
      delay: expect.closeTo(4 / 3, 12),
      lateGaps: 1 / 3,
      latest: 4,
      dispatch: 0,
      gapsFilled: expect.closeTo((20 + 18 + 18) / 90, 12),
      overPredicted: 10 / 3,
    });
  });

  test("stream priorities and the default way are added when nobody names them, and once", () => {
    const policies = (change: Partial<CompareKernelSharingInput>) =>
      compareKernelSharing({ ...input, ...change }).outcomes.map(({ policy }) => policy);
    expect(policies({})).toEqual(["exclusive", "fill", "greedy", "fifo"]);
    expect(policies({ contenders: [{ policy: "fifo" }, { policy: "greedy" }] })).toEqual(["fifo", "greedy"]);
    expect(policies({ contenders: [filled], default: "greedy" })).toEqual(["fill", "greedy"]);
  });

  test("where others end, their ends are compared with the default way, task by task", () => {
    const two = [3, 2].map((jobs, priority) => ({ trace: low, priority, jobs }));
    const sharing = compareKernelSharing({ ...input, scenario: "preemption", arrival: 7, low: two, heldOut: [0] });
    const [exclusive, fill, greedy, fifo] = sharing.outcomes;
    expect(exclusive).toMatchObject({ lowCompletion: null, lowCompletions: null, lowRatio: null, lowWork: 0 });
    // Two operations of the first until 12, the urgent one until 22, then three in its gap, one of the first and two of the second.
    expect(greedy).toMatchObject({ lowCompletions: [28, 40], lowCompletion: 40, highCompletion: 45 });
    expect(fill!.lowRatio).toBeCloseTo(fifo!.lowCompletion! / fill!.lowCompletion!, 12);
    expect(fifo).toMatchObject({ speedUp: 1, lowRatio: 1 });
    expect(kernelSharing.parse(sharing)).toEqual(sharing);
  });

  test("the front says which pairs of quantiles are worth considering", () => {
    const pair = (idleQuantile: number, idle: number) => ({
      executionQuantile: 0.9,
      idleQuantile,
      predict: () => ({ idles: [idle], durations: [[6]] }),
    });
    const sharing = compareKernelSharing({
      ...input,
      heldOut: [0],
      front: [pair(0.1, 6), pair(0.2, 18), pair(0.5, 24), pair(0.9, 5)],
    });
    expect(sharing.front.map(({ delay, lowWork, efficient }) => [delay, lowWork, efficient])).toEqual([
      [0, 6, false],
      [0, 18, true],
      [4, 24, true],
      [0, 0, false],
    ]);
    expect(kernelSharing.parse(sharing)).toEqual(sharing);
  });

  test("what is synthetic stays so, and what is not does not become it", () => {
    const real = { synthetic: false };
    const measured = {
      ...input,
      high: { ...high, ...real },
      low: [{ trace: { ...low, ...real }, priority: 0, jobs: null }],
    };
    expect(compareKernelSharing(input).synthetic).toBe(true);
    expect(compareKernelSharing(measured).synthetic).toBe(false);
  });

  test.each<{ what: string; change: Partial<CompareKernelSharingInput>; message: RegExp }>([
    {
      what: "gaps that are not known",
      change: { high: { ...high, gapsKnown: false } },
      message: /"urgent" has execution times alone/,
    },
    {
      what: "a step that is not there",
      change: { heldOut: [3] },
      message: /"urgent" has no step 3; it has 3, counted from 0/,
    },
    { what: "no step", change: { heldOut: [] }, message: /held-out steps of "urgent" are \[\]/ },
    { what: "a step twice", change: { heldOut: [1, 1] }, message: /held-out steps of "urgent" are \[1,1\]/ },
    {
      what: "filling without predictions",
      change: { contenders: [{ policy: "fill" }] },
      message: /"gaps filled by prediction" has no predictions/,
    },
  ])("$what is refused", ({ change, message }) => {
    expect(() => compareKernelSharing({ ...input, ...change })).toThrow(InputError);
    expect(() => compareKernelSharing({ ...input, ...change })).toThrow(message);
  });

  test("a step of a trace brings along what Orion's policy asks of its operations", () => {
    const trace = traceOf("net", [{ ...stepOf([1], [2], [3]), identities: [1, 0, 2] }], {
      identities: [
        { name: "gemm", grid: [1, 1, 1], block: [1, 1, 1] },
        { name: "[CUDA memcpy Host-to-Device]", grid: null, block: null },
        { name: "memset_kernel", grid: [1, 1, 1], block: [1, 1, 1] },
      ],
      needs: [40, null, 8],
      profiles: [1, -1, 0],
    });
    expect(toKernelTask(trace, 0)).toMatchObject({
      name: "net",
      needs: [null, 40, 8],
      profiles: [-1, 1, 0],
      memory: [true, false, false],
    });
  });
});

import assert from "node:assert/strict";
import type { KernelOutcome, KernelSharing } from "@partitune/schema";
import { compareKernelSharing, type KernelContender, type KernelOptions } from "@partitune/simulator";
import { haveChains, readChain, toStep } from "../simulator/kernels/chains.ts";
import { type Estimator, predictLast, predictStep } from "../simulator/kernels/estimators.ts";
import { made, traceOf } from "../simulator/kernels/testKernels.ts";
import type { BenchRow } from "./benchRow.ts";

const pairs = [
  ["resnet50_train_w0_a", "orion_mobilenetv2_4_fwd"],
  ["resnet50_train_w0_b", "orion_resnet50_4_fwd"],
  ["resnet50_train_w0_b", "orion_bert_2_fwd"],
  ["train_a100_lowutil", "orion_resnet50_4_fwd"],
  ["resnet_train_v100_ns", "orion_mobilenetv2_4_fwd"],
] as const;

/** Alone, and the default way, which all are relative to. */
const references = ["exclusive", "timeslice"];
const ours = "gaps filled by quantiles of occurrences";

/**
 * What ways of sharing do to public training steps beside an endless inference task, simulated, every step held out in turn. Default
 * sharing is time slices of 1,024 µs, a model: the gain over stream priorities says more. A host that does not wait for the device takes
 * most of what filling is good for away, since later gaps absorb delays.
 */
export async function bench(): Promise<BenchRow[]> {
  if (!haveChains)
    return [
      { name: "kernel sharing", value: 0, unit: "", met: null, note: "skipped: the public chains are not there" },
    ];
  return pairs.flatMap(([high, low]) =>
    (["coupled", "free"] as const).flatMap((host) => {
      const sharing = compare(high, low, { host });
      const alone = sharing.outcomes.find(({ policy }) => policy === "exclusive")!;
      assert.ok(sharing.outcomes.every(({ highCompletion }) => highCompletion >= alone.highCompletion));
      const shown = sharing.outcomes.filter(({ policy, title }) =>
        host === "coupled" ? !references.includes(policy) : policy === "greedy" || title === ours,
      );
      return shown.map((outcome) => rowOf(`${high} beside ${low}, ${host} host`, outcome, alone));
    }),
  );
}

function rowOf(pair: string, outcome: KernelOutcome, alone: KernelOutcome): BenchRow {
  const { title, speedUp, lowRatio, lowWork, delay, gapsFilled } = outcome;
  const part = ((100 * delay) / alone.highCompletion).toFixed(2);
  const work = `others ${(lowWork / 1e6).toFixed(2)} ms a step (${lowRatio!.toFixed(3)} of default)`;
  return {
    name: `kernel sharing: ${pair}: ${title}`,
    value: speedUp,
    unit: "× as fast as with time slices",
    met: null,
    note: `delay ${part} %, ${work}${gapsFilled === null ? "" : `, ${Math.round(100 * gapsFilled)} % of idle time`}`,
  };
}

function compare(high: string, low: string, settings: KernelOptions): KernelSharing {
  const steps = readChain(high);
  const filled = (estimator: Estimator, title: string): KernelContender => ({
    policy: "fill",
    title,
    predict: (heldOut) => ({
      idles: predictStep(steps.toSpliced(heldOut, 1), steps[heldOut]!, estimator).idles,
      durations: [predictLast(readChain(low), estimator).durations],
    }),
  });
  return compareKernelSharing({
    scenario: "co-run",
    high: traceOf(high, steps.map(toStep), { synthetic: false }),
    low: [{ trace: traceOf(low, readChain(low).map(toStep), { synthetic: false }), priority: 0, jobs: null }],
    contenders: [
      { policy: "exclusive" },
      { policy: "timeslice" },
      { policy: "fifo" },
      { policy: "greedy" },
      filled({ key: "identity", value: "mean" }, "gaps filled by means of identities"),
      filled({ key: "occurrence", value: "quantile" }, ours),
      { policy: "fill", settings: { oracle: true } },
    ],
    settings,
    made,
  });
}

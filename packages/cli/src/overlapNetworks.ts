import { cpus } from "node:os";
import {
  deviceClock,
  type MeasureOverlapOptions,
  measureOverlap,
  type OperatorChain,
  type OperatorChainOptions,
  type OverlapMeasurement,
  openOperatorChain,
} from "@partitune/profiler";
import type { KernelFillPlan, KernelOverlap } from "@partitune/schema";
import type { FillSettings } from "@partitune/solver";
import { planOverlap } from "./planOverlap.ts";
import { predictOverlap } from "./predictOverlap.ts";

export interface OverlapNetworksOptions
  extends Omit<MeasureOverlapOptions, "high" | "low" | "clock" | "plan" | "deviceName" | "synthetic"> {
  readonly high: OperatorChainOptions;
  readonly low: readonly (OperatorChainOptions & { readonly priority: number })[];
  /** How the plan is made from what is recorded; or the plan that is carried out. */
  readonly fill: Omit<FillSettings, "disableBelowGain"> | KernelFillPlan;
}

export interface NetworkOverlap extends Omit<OverlapMeasurement, "overlap"> {
  /** With what the kernel simulator predicts. */
  readonly overlap: KernelOverlap;
  /** How far each network's outputs are from those of the network in one piece, the urgent one first; relative to the largest output. */
  readonly differences: readonly number[];
}

/**
 * Runs an urgent network and others operator by operator on this machine's processor: records, plans, plays under every policy, and puts the
 * simulator's predictions beside what was measured.
 *
 * @throws InputError when a model cannot be cut; and as measureOverlap
 */
export async function overlapNetworks(options: OverlapNetworksOptions): Promise<NetworkOverlap> {
  const { fill, made, window = 8, quantum = 1_024_000 } = options;
  const opened: OperatorChain[] = [];
  try {
    for (const network of [options.high, ...options.low]) opened.push(await openOperatorChain(network));
    const priorities = options.low.map(({ priority }) => priority);
    const measurement = await measureOverlap({
      ...options,
      window,
      quantum,
      high: opened[0]!,
      low: opened.slice(1).map((chain, i) => ({ ...chain, priority: priorities[i]! })),
      clock: deviceClock(),
      deviceName: cpus()[0]?.model.trim() ?? null,
      plan: (traces) => ("kind" in fill ? fill : planOverlap(traces, { priorities, settings: fill, made })),
      synthetic: false,
    });
    const overlap = predictOverlap(measurement, { window, quantum });
    return { ...measurement, overlap, differences: opened.map(({ difference }) => difference) };
  } finally {
    for (const chain of opened) await chain.close();
  }
}

import { nearestRank } from "@partitune/numerics";
import { type OverlapMeasurement, planPredictions } from "@partitune/profiler";
import type { KernelOverlap, KernelStep, KernelTrace, OverlapOutcome } from "@partitune/schema";
import {
  type KernelPolicyName,
  type KernelPredictions,
  kernelPolicies,
  type LowTask,
  playKernels,
  toKernelTask,
} from "@partitune/simulator";

export interface PredictOverlapOptions {
  /** As for the measurement: operators in the queue of "fifo", by default 8; a turn of "timeslice", ns, by default 1,024 µs. */
  readonly window?: number;
  readonly quantum?: number;
}

/**
 * Puts what the kernel simulator says beside what was measured, step by step: the urgent task's operators and waits are those of the same
 * round when it ran alone, the others' the medians of their recorded steps, from the operator that they stood at. Nothing of the shared
 * run itself is used but that position, so what sharing does to caches and clocks shows as a difference.
 */
export function predictOverlap(measurement: OverlapMeasurement, options: PredictOverlapOptions = {}): KernelOverlap {
  const { overlap } = measurement;
  const outcomes = overlap.outcomes.map((outcome) => ({
    ...outcome,
    predicted: isPolicy(outcome.policy) ? predictOutcome(measurement, outcome, outcome.policy, options) : null,
  }));
  return { ...overlap, outcomes };
}

function isPolicy(name: string): name is KernelPolicyName {
  return Object.hasOwn(kernelPolicies, name);
}

function predictOutcome(
  { alone, traces, plan, overlap }: OverlapMeasurement,
  { steps }: OverlapOutcome,
  policy: KernelPolicyName,
  { window = 8, quantum = 1_024_000 }: PredictOverlapOptions,
): NonNullable<OverlapOutcome["predicted"]> {
  const { minGap, dispatch, maxOverrun, feedback } = plan;
  const settings = { minGap, dispatch, maxOverrun, window, quantum };
  const typical = traces.low.map((trace) => typicalStep(trace, policy === "fill"));
  const planned = predictionsOf(traces.high, traces.low, plan);
  const shortest = new Map<number, number>();
  return steps.map(({ lowStarts }, round) => {
    const high = toKernelTask(alone, round);
    const low: readonly LowTask[] = overlap.low.map(({ task, priority }, k) => ({
      name: task,
      step: rotate(typical[k]!, lowStarts[k]!),
      priority,
      jobs: null,
    }));
    const predictions: KernelPredictions = {
      idles: planned.idles.map((idle, row) => Math.min(idle, shortest.get(planned.keys[row]!) ?? idle)),
      durations: planned.executions.map((times, k) => rotated(times, lowStarts[k]!)),
    };
    if (feedback) learn(shortest, planned.keys, high.step);
    const { completion, lowWork } = playKernels({ scenario: "co-run", high, low }, policy, { settings, predictions });
    return { completion, lowWork };
  });
}

function predictionsOf(high: KernelTrace, low: readonly KernelTrace[], plan: OverlapMeasurement["plan"]) {
  const toTask = ({ task, identities, steps }: KernelTrace) => ({
    name: task,
    identities,
    rows: steps[0]!.identities,
  });
  return planPredictions(plan, toTask(high), low.map(toTask));
}

/** What feedback has learnt when a step is over: the shortest wait that was seen under each key. */
function learn(shortest: Map<number, number>, keys: readonly number[], { idles, idleKinds }: KernelStep): void {
  for (const [row, kind] of idleKinds.entries()) {
    if (kind === 1)
      shortest.set(keys[row]!, Math.min(idles[row]!, shortest.get(keys[row]!) ?? Number.POSITIVE_INFINITY));
  }
}

/**
 * The medians of every operator's times over all recorded steps. What handing over the next one takes is no idle time, in which others could
 * run, but part of its own, since one thread does both.
 *
 * @param handedOver  the policy counts that time itself
 */
function typicalStep({ steps }: KernelTrace, handedOver: boolean): KernelStep {
  const median = (column: (step: KernelStep) => readonly number[]): readonly number[] =>
    steps[0]!.identities.map((_, row) =>
      nearestRank(
        steps.map((step) => column(step)[row]!).sort((a, b) => a - b),
        0.5,
      ),
    );
  const handing = median((step) => step.idles);
  const durations = median((step) => step.durations);
  const none = durations.map(() => 0);
  return {
    identities: steps[0]!.identities,
    durations: handedOver ? durations : durations.map((duration, row) => duration + handing[row]!),
    idles: none,
    idleKinds: none,
  };
}

function rotate({ identities, durations, idles, idleKinds }: KernelStep, first: number): KernelStep {
  return {
    identities: rotated(identities, first),
    durations: rotated(durations, first),
    idles: rotated(idles, first),
    idleKinds: rotated(idleKinds, first),
  };
}

function rotated<T>(values: readonly T[], first: number): readonly T[] {
  return [...values.slice(first), ...values.slice(0, first)];
}

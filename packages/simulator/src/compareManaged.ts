import type { Estimate, ModePlan, ModeTrace, Seconds } from "@partitune/schema";
import { checkModePlan } from "./checkModePlan.ts";
import { gameOf } from "./gameOf.ts";
import type { ModeArrivals } from "./modeLoad.ts";
import { overSeeds } from "./overSeeds.ts";
import { freshSeeds } from "./seeds.ts";
import { checkOptions, playToTrace, type SimulateModeOptions } from "./simulateModePlan.ts";
import type { TimeSharingName } from "./timeSharing/index.ts";

export interface CompareOptions
  extends Pick<SimulateModeOptions, "quantumSeconds" | "interference" | "scatter" | "windows" | "made"> {
  /** Names the set of fresh seeds; by default 0. */
  readonly seed?: string | number;
}

/** One inference workload under one way of sharing. */
export interface SharedStream {
  readonly workload: string;
  /** The worst latency the plan promises; null when it promises none. */
  readonly promisedSeconds: Seconds | null;
  /** The worst of all runs. */
  readonly worstSeconds: Seconds | null;
  /** Mean over the runs of each one's p99, with its 99 % interval. */
  readonly p99Seconds: Estimate | null;
  /** Runs whose worst latency was above the promised one. */
  readonly lateRuns: number;
}

/** What came of one way of sharing the device. */
export interface SharedOutcome {
  readonly sharing: TimeSharingName;
  readonly inferences: readonly SharedStream[];
  /** Background minibatches per second; null without a background. */
  readonly minibatchesPerSecond: Estimate | null;
  /** Energy per second, idle included; null when idle power matters and was not measured. */
  readonly meanWatts: Estimate | null;
  /** One for each seed. */
  readonly traces: readonly ModeTrace[];
}

const confidence = 0.99;
/** Times are sums. */
const rounding = 1e-8;

/**
 * Plays one plan managed by its rule and as processes that nobody manages, over the same arrivals and the same minibatch times: what
 * managing buys.
 *
 * Unmanaged, requests are gathered by the same dispatchers, but each workload runs in a process of its own whenever it has work, and the
 * background always has. `fair` slows all busy ones down equally, `slices` lets them alternate. That is sharing at its best: both interrupt
 * minibatches and change over for nothing, and slow each other down no more than they must unless `interference` says so.
 *
 * @param seeds  how many fresh seeds, at least 2
 * @throws InputError as simulateModePlan
 * @example compareManaged(plan, "worst-case", 6).fair.inferences[0].worstSeconds
 */
export function compareManaged(
  plan: ModePlan,
  arrivals: ModeArrivals,
  seeds: number,
  options: CompareOptions = {},
): Readonly<Record<TimeSharingName, SharedOutcome>> {
  checkModePlan(plan, arrivals);
  checkOptions(options);
  const { seed = 0, windows, ...simulation } = options;
  const game = gameOf(plan, windows);
  const labels = freshSeeds(seeds, seed);
  const play = (sharing: TimeSharingName) =>
    outcomeOf(
      plan,
      sharing,
      labels.map((label) => playToTrace(plan, { ...simulation, arrivals, sharing, seed: label }, game)),
    );
  return { managed: play("managed"), fair: play("fair"), slices: play("slices") };
}

function outcomeOf(plan: ModePlan, sharing: TimeSharingName, traces: readonly ModeTrace[]): SharedOutcome {
  const periods = traces.map((trace) => trace.periods[0]!);
  return {
    sharing,
    inferences: plan.inferences.map(({ workload }, i) => {
      const streams = periods.map(({ inferences }) => inferences[i]!);
      const promise = plan.promises.find((each) => each.subject === workload && each.metric === "worst_response_s");
      const worst = streams.flatMap(({ worstSeconds }) => worstSeconds ?? []);
      const late = promise === undefined ? [] : worst.filter((seconds) => seconds > promise.target * (1 + rounding));
      return {
        workload,
        promisedSeconds: promise?.target ?? null,
        worstSeconds: worst.length === 0 ? null : Math.max(...worst),
        p99Seconds: meanOf(streams.map(({ p99Seconds }) => p99Seconds)),
        lateRuns: late.length,
      };
    }),
    minibatchesPerSecond: meanOf(periods.map(({ background }) => background?.minibatchesPerSecond ?? null)),
    meanWatts: meanOf(periods.map(({ meanWatts }) => meanWatts)),
    traces,
  };
}

function meanOf(values: readonly (number | null)[]): Estimate | null {
  const told = values.filter((value) => value !== null);
  return told.length < values.length ? null : overSeeds(told, confidence);
}

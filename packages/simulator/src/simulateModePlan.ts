import {
  type Fraction,
  InputError,
  type Made,
  type ModePlan,
  type ModeSchedule,
  type ModeTrace,
  type Seconds,
} from "@partitune/schema";
import { checkModePlan, checkNumber } from "./checkModePlan.ts";
import type { Phasing } from "./firstReady.ts";
import { gameOf } from "./gameOf.ts";
import type { ModeArrivals } from "./modeLoad.ts";
import { playPeriods, type Run } from "./playPeriods.ts";
import type { TimeSharingName } from "./timeSharing/index.ts";
import type { Placing } from "./worstCaseSource.ts";

export interface SimulateModeOptions {
  /** Fixes everything random. */
  readonly seed: string | number;
  /** By default at their worst within what the plan states. */
  readonly arrivals?: ModeArrivals;
  /** By default managed: taking turns by the plan's rule. */
  readonly sharing?: TimeSharingName;
  /** Length of a time slice where unmanaged processes take slices; by default 10 ms. */
  readonly quantumSeconds?: Seconds;
  /** How much longer unmanaged minibatches take, relatively, while several processes have work; by default 0. */
  readonly interference?: number;
  /** Standard deviation of the logarithm of a minibatch's time around what the plan expects; by default 0. */
  readonly scatter?: number;
  /** Minibatches take less than expected by up to this part, at random; by default 0. */
  readonly quicker?: Fraction;
  /** Where requests at their worst are placed; by default all as a window opens. */
  readonly placing?: Placing;
  /** How windows lie to each other at the start; by default drawn from the seed. */
  readonly phasing?: Phasing;
  /**
   * Windows of the first inference to play: of a plan by default at least 1000, see gameOf; longer periods of a schedule are cut to so many,
   * which suits arrivals that follow the periods, not those that are given. By default a schedule is played whole.
   */
  readonly windows?: number;
  /** How the trace came to be; by default as the plan. The seed is always that of the simulation. */
  readonly made?: Made;
}

/** Time slice of a driver that shares a device between processes: of the order of milliseconds. */
const usualQuantum = 0.01;

/**
 * Plays a mode plan or schedule, request by request: gathering, minibatches that are never interrupted, background minibatches started by
 * the plan's own rule, changeovers, mode changes. Energy is integrated over what ran. Nothing is worked out by a formula.
 *
 * A minibatch takes what the plan expects of a full one, however many requests it holds.
 *
 * @throws InputError when the plan cannot be played or an option is out of range
 * @example simulateModePlan(plan, { seed: 1, arrivals: "poisson" }).periods[0].inferences[0].p99Seconds
 */
export function simulateModePlan(plan: ModePlan | ModeSchedule, options: SimulateModeOptions): ModeTrace {
  const { arrivals = "worst-case", windows } = options;
  checkModePlan(plan, arrivals);
  checkOptions(options);
  checkCut(plan, arrivals, windows);
  return playToTrace(plan, options, gameOf(plan, windows));
}

/** The same on a plan and options that are checked. */
export function playToTrace(
  plan: ModePlan | ModeSchedule,
  options: SimulateModeOptions,
  game: ReturnType<typeof gameOf>,
): ModeTrace {
  const run = runOf(options);
  const { seconds, modeChanges, periods } = playPeriods(game, run);
  return {
    kind: "mode-trace",
    version: 1,
    made: { ...(options.made ?? plan.made), seed: options.seed },
    source: "simulated",
    sharing: run.sharing,
    arrivals: typeof run.arrivals === "object" ? "given" : run.arrivals,
    seconds,
    modeChanges,
    periods,
    synthetic: plan.synthetic,
  };
}

function runOf(options: SimulateModeOptions): Run {
  const { seed, arrivals = "worst-case", sharing = "managed", quantumSeconds = usualQuantum } = options;
  const { interference = 0, scatter = 0, quicker = 0, placing = "opening", phasing = "random" } = options;
  return { seed, arrivals, sharing, quantumSeconds, interference, scatter, quicker, placing, phasing };
}

/**
 * Refuses to cut a schedule short whose requests are given: they would come at the wrong period.
 *
 * @throws InputError
 */
export function checkCut(plan: ModePlan | ModeSchedule, arrivals: ModeArrivals, windows: number | undefined): void {
  if (plan.kind === "mode-plan" || typeof arrivals !== "object" || windows === undefined) return;
  throw new InputError({
    what: "the schedule",
    problem: "cannot be cut to a number of windows when arrivals are given",
    advice: "leave out the number of windows",
  });
}

/**
 * Refuses options that are out of range.
 *
 * @throws InputError
 */
export function checkOptions({
  quantumSeconds = usualQuantum,
  interference = 0,
  scatter = 0,
  quicker = 0,
  windows = 1,
}: Omit<SimulateModeOptions, "seed">): void {
  checkNumber("the time slice", quantumSeconds, quantumSeconds > 0, "a time above 0 s");
  checkNumber("the interference", interference, interference >= 0, "the relative loss, e.g. 0.09");
  checkNumber("the scatter of minibatch times", scatter, scatter >= 0, "a standard deviation from 0 on");
  checkNumber(
    "the part that minibatches may be quicker by",
    quicker,
    quicker >= 0 && quicker < 1,
    "0 or more, below 1",
  );
  checkNumber("the number of windows", windows, Number.isInteger(windows) && windows >= 1, "a whole number from 1");
}

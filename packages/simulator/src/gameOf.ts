import type { ModePlan, ModeSchedule, ModeTurns, Seconds } from "@partitune/schema";
import type { Game } from "./playPeriods.ts";

/** Windows of the first inference that a plan is played for, where nothing else is said. */
const usualWindows = 1000;
/** Minibatches that every other job of a plan should run at least. */
const leastMinibatches = 200;
/** Minibatches of all jobs together that a usual length does not exceed: a fraction of a second of computing. */
const mostMinibatches = 1_000_000;

/**
 * What is played: of a plan so many windows of its first inference; of a schedule all periods, twice where it repeats.
 *
 * @param windows  of a plan by default 1000, or more where another job is far slower, or fewer where another is far quicker; longer
 *   periods of a schedule are cut to so many, by default not
 */
export function gameOf(plan: ModePlan | ModeSchedule, windows: number | undefined): Game {
  if (plan.kind === "mode-plan")
    return { periods: [{ ...plan, seconds: lengthOf(plan, windows) }], rounds: 1, modeChangeSeconds: 0 };
  const { periods, repeat, modeChangeSeconds } = plan;
  const most = windows ?? Number.POSITIVE_INFINITY;
  return {
    periods: periods.map((period) => ({ ...period, seconds: Math.min(period.seconds, most * unitOf(period)) })),
    rounds: repeat ? 2 : 1,
    modeChangeSeconds,
  };
}

/** A window of the first inference; a minibatch of the background where there is none. */
function unitOf({ inferences, background }: ModeTurns): Seconds {
  return inferences[0]?.windowSeconds ?? background!.expected.seconds;
}

function lengthOf(plan: ModePlan, windows: number | undefined): Seconds {
  const { inferences, background } = plan;
  const unit = unitOf(plan);
  if (windows !== undefined) return windows * unit;
  const jobs = [
    ...inferences.map(({ windowSeconds }) => windowSeconds),
    ...(background === null ? [] : [background.expected.seconds]),
  ];
  const wanted = Math.max(usualWindows * unit, leastMinibatches * Math.max(...jobs));
  const perSecond = jobs.reduce((sum, seconds) => sum + 1 / seconds, 0);
  return unit * Math.max(1, Math.floor(Math.min(wanted, mostMinibatches / perSecond) / unit));
}

import type { ModePlan, ModeSchedule, ModeTurns, Seconds } from "@partitune/schema";
import type { Game } from "./playPeriods.ts";

/** Windows of the first inference that a plan is played for, where nothing else is said. */
const usualWindows = 1000;
/** Minibatches that every other job of a plan should run at least. */
const leastMinibatches = 200;
/** Minibatches of all jobs together that a usual length does not exceed: a fraction of a second of computing. */
const mostMinibatches = 1_000_000;

/**
 * What is played of a plan: so many windows of its first inference; of a schedule: all its periods, twice where it repeats.
 *
 * @param windows  by default 1000, or more where another job is far slower, or fewer where another is far quicker
 */
export function gameOf(plan: ModePlan | ModeSchedule, windows: number | undefined): Game {
  if (plan.kind === "mode-schedule")
    return { periods: plan.periods, rounds: plan.repeat ? 2 : 1, modeChangeSeconds: plan.modeChangeSeconds };
  return { periods: [{ ...plan, seconds: lengthOf(plan, windows) }], rounds: 1, modeChangeSeconds: 0 };
}

function lengthOf({ inferences, background }: ModeTurns, windows: number | undefined): Seconds {
  const [first] = inferences;
  const jobs = [
    ...inferences.map(({ windowSeconds }) => windowSeconds),
    ...(background === null ? [] : [background.expected.seconds]),
  ];
  const unit = first?.windowSeconds ?? background!.expected.seconds;
  if (windows !== undefined) return windows * unit;
  const wanted = Math.max(usualWindows * unit, leastMinibatches * Math.max(...jobs));
  const perSecond = jobs.reduce((sum, seconds) => sum + 1 / seconds, 0);
  return unit * Math.max(1, Math.floor(Math.min(wanted, mostMinibatches / perSecond) / unit));
}

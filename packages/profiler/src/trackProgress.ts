import type { IdleState, Seconds } from "@partitune/schema";
import { planRounds, type RoundContext, type Step } from "./planRound.ts";
import { settingKey } from "./space.ts";
import { timeLeft } from "./timeLeft.ts";

/** How a campaign goes on. */
export interface Progress {
  /** Measurements that are there, those of earlier campaigns included. */
  readonly done: number;
  readonly total: number;
  /** What is done now, in words. */
  readonly current: string;
  /** Null until the first measurement is there. */
  readonly secondsLeft: Seconds | null;
}

/** Counts what a campaign has done and has still to do. */
export interface ProgressTracker {
  /** Measurements that were there from earlier campaigns. */
  readonly reused: number;
  /** Measurements made in this one. */
  readonly made: number;
  onPhase(step: Step, phase: string): void;
  /** The idle device is measured. */
  onIdle(state: IdleState): void;
  onDone(step: Step, duration: Seconds): void;
}

/**
 * Follows a campaign and reports each of its steps.
 *
 * @param report  called at each phase of each measurement and after it
 */
export function trackProgress(
  context: RoundContext,
  rounds: number,
  report: (progress: Progress) => void,
): ProgressTracker {
  const reused = planRounds(rounds, { ...context, isDone: () => false }).filter(({ id }) => context.isDone(id)).length;
  const remaining = planRounds(rounds, context);
  const total = reused + remaining.length;
  const times = timeLeft(remaining);
  let made = 0;
  const tell = (current: string) => report({ done: reused + made, total, current, secondsLeft: times.estimate() });
  const say = (step: Step, what: string) => {
    const { config, load } = step.point;
    tell(`${what} ${settingKey(config, [], load)}`);
  };
  return {
    reused,
    get made() {
      return made;
    },
    onPhase: say,
    onIdle: (state) => tell(`measuring the idle device, ${state}`),
    onDone(step, duration) {
      made += 1;
      times.learn(step, duration);
      say(step, "measured");
    },
  };
}

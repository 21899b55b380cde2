import type { BackgroundJob, Seconds } from "@partitune/schema";
import { roundingAt } from "./gatherer.ts";

/** What runs in the time that inference leaves, and the rule by which its minibatches start. */
export interface Background {
  readonly job: BackgroundJob;
  /**
   * Whether the rule lets a minibatch start: `reserve` if it will end before anything is ready, `slack` if it will end late by no more
   * than is tolerated, `greedy` always; and only if it is not one more than may run in the windows until then. The rule knows the
   * expected time, not the one that it will take.
   */
  mayStart(start: Seconds, nextReady: Seconds): boolean;
  /** When the number of minibatches that may run rises; Infinity when it is not limited. */
  allowedMoreAt(now: Seconds): Seconds;
  started(): void;
  /** Time of the next minibatch relative to what is expected. */
  readonly draw: () => number;
}

/** The windows in which background minibatches are counted: those of the first inference. */
export interface WindowClock {
  readonly open: Seconds;
  readonly windowSeconds: Seconds;
}

export function backgroundOf(job: BackgroundJob, clock: WindowClock, draw: () => number): Background {
  const { policy, toleratedSeconds, highestPerWindow, expected } = job;
  const tolerated = { reserve: 0, slack: toleratedSeconds, greedy: Number.POSITIVE_INFINITY }[policy];
  const windowAt = (time: Seconds) =>
    Math.floor((time - clock.open + roundingAt(time, clock.windowSeconds)) / clock.windowSeconds);
  let startedSoFar = 0;
  const isAllowed = (time: Seconds) =>
    highestPerWindow === null || startedSoFar + 1 <= highestPerWindow * (windowAt(time) + 1) * (1 + 1e-9);
  return {
    job,
    draw,
    mayStart: (start, nextReady) =>
      start + expected.seconds <= nextReady + tolerated + roundingAt(start, expected.seconds) && isAllowed(start),
    allowedMoreAt: (now) =>
      highestPerWindow === null ? Number.POSITIVE_INFINITY : clock.open + (windowAt(now) + 1) * clock.windowSeconds,
    started: () => {
      startedSoFar += 1;
    },
  };
}

import type { BackgroundJob, ModeTurns, Seconds } from "@partitune/schema";

/** When a minibatch of the background may start. */
export interface BackgroundRule {
  /**
   * `reserve`: if it is expected to end before the next minibatch of an inference is ready; `slack`: if it is expected to end late by
   * no more than the plan tolerates; `greedy`: always. And only if it is not one more than may run until then.
   *
   * @param nextReady  when an inference next has a minibatch ready; Infinity when that cannot be known
   */
  mayStart(now: Seconds, nextReady: Seconds): boolean;
  /** When more of them may run; Infinity when their number is not limited. */
  allowedMoreAt(now: Seconds): Seconds;
  started(): void;
}

/** @param open  when the first window of the first inference opens, in which its minibatches are counted */
export function backgroundRule(job: BackgroundJob, turns: ModeTurns, open: Seconds): BackgroundRule {
  const { policy, toleratedSeconds, highestPerWindow, expected } = job;
  const tolerated = { reserve: 0, slack: toleratedSeconds, greedy: Number.POSITIVE_INFINITY }[policy];
  const needs = expected.seconds + turns.changeoverSeconds;
  const windowSeconds = turns.inferences[0]?.windowSeconds ?? Number.POSITIVE_INFINITY;
  const windowAt = (time: Seconds) => Math.floor((time - open) / windowSeconds);
  let startedSoFar = 0;
  return {
    mayStart: (now, nextReady) =>
      (policy === "greedy" || now + needs <= nextReady + tolerated) &&
      (highestPerWindow === null || startedSoFar + 1 <= highestPerWindow * (windowAt(now) + 1) * (1 + 1e-9)),
    allowedMoreAt: (now) =>
      highestPerWindow === null ? Number.POSITIVE_INFINITY : open + (windowAt(now) + 1) * windowSeconds,
    started: () => {
      startedSoFar += 1;
    },
  };
}

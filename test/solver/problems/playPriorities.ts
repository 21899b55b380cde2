import type { PeriodicJobs } from "@partitune/solver";

/** Two inference workloads on one device, the urgent first, and training when neither has a minibatch ready. */
export interface PriorityCase {
  readonly urgent: PeriodicJobs;
  readonly nonUrgent: PeriodicJobs;
  /** 0 without training. */
  readonly trainingSeconds: number;
}

/**
 * Plays the case event by event, without interruptions, and shares nothing with the solver.
 *
 * @param urgentPhase, nonUrgentPhase  when the first minibatches are ready, in periods
 * @returns the longest times from ready to done
 */
export function playPriorities(
  { urgent, nonUrgent, trainingSeconds }: PriorityCase,
  urgentPhase: number,
  nonUrgentPhase: number,
  minibatches: number,
): { readonly urgent: number; readonly nonUrgent: number } {
  let now = 0;
  let nextUrgent = urgentPhase * urgent.periodSeconds;
  let nextNonUrgent = nonUrgentPhase * nonUrgent.periodSeconds;
  const longest = { urgent: 0, nonUrgent: 0 };
  for (let served = 0; served < minibatches; ) {
    if (nextUrgent <= now) {
      now += urgent.serviceSeconds;
      longest.urgent = Math.max(longest.urgent, now - nextUrgent);
      nextUrgent += urgent.periodSeconds;
    } else if (nextNonUrgent <= now) {
      now += nonUrgent.serviceSeconds;
      longest.nonUrgent = Math.max(longest.nonUrgent, now - nextNonUrgent);
      nextNonUrgent += nonUrgent.periodSeconds;
      served += 1;
    } else if (trainingSeconds > 0) now += trainingSeconds;
    else now = Math.min(nextUrgent, nextNonUrgent);
  }
  return longest;
}

import type { Seconds } from "@partitune/schema";
import { ceilWithin, floorWithin, within } from "./within.ts";

/** Minibatches of one inference workload: ready every period, each taking the same time. */
export interface PeriodicJobs {
  readonly periodSeconds: Seconds;
  readonly serviceSeconds: Seconds;
}

/** A busy period of more minibatches than this is given up: nothing is promised then. */
const longestBusyPeriod = 10_000;

/**
 * Longest time from ready to done of an urgent minibatch that is never interrupted, and interrupts none: it waits at most for the
 * one minibatch that has just begun.
 *
 * @param blockingSeconds  longest minibatch of anything less urgent
 */
export function urgentResponse(urgent: PeriodicJobs, blockingSeconds: Seconds): Seconds {
  return blockingSeconds + urgent.serviceSeconds;
}

/**
 * Longest time from ready to done of a non-urgent minibatch behind urgent ones, at any phase between the two.
 *
 * Job q of a busy period starts at the least s with s = B + q·C_n + (⌊s/T_u⌋ + 1)·C_u and so answers after s + C_n − q·T_n; the
 * longest over the busy period is the bound.
 *
 * @param blockingSeconds  B: training minibatch that may have just begun; 0 without training
 * @returns infinity when the two overload the device, or fill it so nearly that the busy period does not end
 * @see response-time analysis of non-preemptive fixed priorities: Davis, Burns, Bril and Lukkien, Real-Time Systems 35 (2007)
 * @example nonUrgentResponse({ periodSeconds: 0.2, serviceSeconds: 0.06 }, { periodSeconds: 0.5, serviceSeconds: 0.08 }, 0.05)  // 0.19
 */
export function nonUrgentResponse(urgent: PeriodicJobs, nonUrgent: PeriodicJobs, blockingSeconds: Seconds): Seconds {
  const jobs = jobsOfBusyPeriod(urgent, nonUrgent, blockingSeconds);
  let longest = 0;
  let start = 0;
  for (let job = 0; job < jobs; job++) {
    start = startOf(job, start, urgent, nonUrgent, blockingSeconds);
    longest = Math.max(longest, start + nonUrgent.serviceSeconds - job * nonUrgent.periodSeconds);
  }
  return jobs === 0 ? Number.POSITIVE_INFINITY : longest;
}

/** Part of the time that both take. */
export function loadOf(urgent: PeriodicJobs, nonUrgent: PeriodicJobs): number {
  return urgent.serviceSeconds / urgent.periodSeconds + nonUrgent.serviceSeconds / nonUrgent.periodSeconds;
}

/** Least fixed point, from below: the start of the job before is a lower bound. */
function startOf(
  job: number,
  earliest: Seconds,
  urgent: PeriodicJobs,
  nonUrgent: PeriodicJobs,
  blocking: Seconds,
): Seconds {
  const own = blocking + job * nonUrgent.serviceSeconds;
  let urgentJobs = floorWithin(earliest / urgent.periodSeconds) + 1;
  for (;;) {
    const start = own + urgentJobs * urgent.serviceSeconds;
    const ready = floorWithin(start / urgent.periodSeconds) + 1;
    if (ready <= urgentJobs) return start;
    urgentJobs = ready;
  }
}

/** Non-urgent minibatches until the device is first free; 0 when it may never be. */
function jobsOfBusyPeriod(urgent: PeriodicJobs, nonUrgent: PeriodicJobs, blocking: Seconds): number {
  const load = loadOf(urgent, nonUrgent);
  if (!within(load, 1) || (blocking > 0 && load >= 1)) return 0;
  let urgentJobs = 1;
  let nonUrgentJobs = 1;
  while (urgentJobs + nonUrgentJobs <= longestBusyPeriod) {
    const length = blocking + urgentJobs * urgent.serviceSeconds + nonUrgentJobs * nonUrgent.serviceSeconds;
    const urgentReady = ceilWithin(length / urgent.periodSeconds);
    const nonUrgentReady = ceilWithin(length / nonUrgent.periodSeconds);
    if (urgentReady <= urgentJobs && nonUrgentReady <= nonUrgentJobs) return nonUrgentJobs;
    urgentJobs = Math.max(urgentJobs, urgentReady);
    nonUrgentJobs = Math.max(nonUrgentJobs, nonUrgentReady);
  }
  return 0;
}

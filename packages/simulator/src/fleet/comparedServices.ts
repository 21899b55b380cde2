import { InputError, type Seconds, type SharingComparison } from "@partitune/schema";
import type { DelayedArrivals } from "./delayedTimes.ts";
import type { Fleet } from "./fleet.ts";

/** Requests are kept one by one, some 20 bytes each per lane. */
const mostRequests = 20_000_000;

/**
 * Services that get requests, with when.
 *
 * @throws InputError when none does, one never begins, or there are too many requests to keep
 */
export function comparedServices(
  { services }: Fleet,
  starts: Readonly<Record<string, DelayedArrivals>>,
  duration: Seconds,
): SharingComparison["services"] {
  const busy = services.filter(({ ratePerSecond }) => ratePerSecond > 0);
  if (busy.length === 0)
    throw new InputError({
      what: "the plan",
      problem: "has no service that gets requests",
      advice: "give at least one of them a rate above 0",
    });
  const requests = busy.reduce((sum, { ratePerSecond }) => sum + ratePerSecond * duration, 0);
  if (requests > mostRequests)
    throw new InputError({
      what: `the duration of ${duration} s`,
      problem: `brings ${Math.round(requests / 1e6)} million requests, which a comparison keeps one by one`,
      advice: `compare for at most ${Math.floor((duration * mostRequests) / requests)} s`,
    });
  return busy.map(({ name, ratePerSecond, deadline }) => {
    const { startSeconds = 0, endSeconds } = Object.hasOwn(starts, name) ? starts[name]! : {};
    checkTimes(name, startSeconds, endSeconds ?? duration, duration);
    return {
      service: name,
      ratePerSecond,
      startSeconds,
      ...(endSeconds === undefined ? {} : { endSeconds: Math.min(endSeconds, duration) }),
      deadlineSeconds: deadline,
    };
  });
}

function checkTimes(name: string, start: Seconds, end: Seconds, duration: Seconds): void {
  if (start >= 0 && start < Math.min(end, duration)) return;
  throw new InputError({
    what: `service "${name}"`,
    problem: `is to get requests from ${start} s to ${Math.min(end, duration)} s`,
    advice: `let it begin before it ends, and before the comparison does at ${duration} s`,
  });
}

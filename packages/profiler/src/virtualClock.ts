import type { Seconds } from "@partitune/schema";
import type { Clock } from "./executor.ts";

interface Sleeper {
  readonly until: Seconds;
  readonly sequence: number;
  readonly wake: () => void;
}

/** A year in which nothing was measured, so that virtual dates are recognised: 2000-01-01. */
const epoch: Seconds = 946_684_800;

/**
 * A clock that takes no time: it stands still while anything runs, and leaps to the next sleeper's end when all are asleep.
 * Sleepers that end together wake in the order in which they fell asleep, so that what several loops do is reproducible.
 */
export function virtualClock(): Clock {
  let now: Seconds = 0;
  let sequence = 0;
  let scheduled = false;
  const sleepers: Sleeper[] = [];

  const wakeNext = () => {
    scheduled = false;
    const next = sleepers.reduce((first, each) => (isBefore(each, first) ? each : first));
    sleepers.splice(sleepers.indexOf(next), 1);
    now = next.until;
    next.wake();
    schedule();
  };
  // An immediate runs after all pending promise reactions: whoever was woken has by then gone back to sleep.
  const schedule = () => {
    if (scheduled || sleepers.length === 0) return;
    scheduled = true;
    setImmediate(wakeNext);
  };

  return {
    name: "virtual",
    now: () => now,
    wall: () => epoch + now,
    sleep: (duration) =>
      new Promise((wake) => {
        sleepers.push({ until: now + Math.max(0, duration), sequence: sequence++, wake });
        schedule();
      }),
  };
}

function isBefore(a: Sleeper, b: Sleeper): boolean {
  return a.until < b.until || (a.until === b.until && a.sequence < b.sequence);
}

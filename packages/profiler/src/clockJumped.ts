import { quantile } from "@partitune/numerics";
import type { Seconds } from "@partitune/schema";
import type { Run } from "./executor.ts";

/** Two readings that follow each other may be apart this far for other reasons: a busy machine, a collection of garbage. */
const patience: Seconds = 1;
/** Clock and calendar may run apart by so much of the time that passed; calendars are slewed by at most 0.05 %. */
const slew = 0.01;
/** And by so much in all, since they are not read at the same instant. */
const leastLeap: Seconds = 0.25;

/**
 * Whether the clock went backwards or leapt during a measurement: a reading lies before an earlier one, the harness seems to have paused for
 * more than a second between two batches of a process or around one that took no longer than others, or the calendar saw another time pass.
 *
 * @param elapsed  time that passed on the clock and on the calendar
 */
export function clockJumped(runs: readonly Run[], elapsed: { readonly now: Seconds; readonly wall: Seconds }): boolean {
  if (Math.abs(elapsed.now - elapsed.wall) > Math.max(leastLeap, slew * elapsed.now)) return true;
  const around = runs.map((run) => run.end - run.start - run.service);
  const usual = runs.length === 0 ? 0 : quantile(Float64Array.from(around).sort(), 0.5);
  const lastEnds = new Map<number, Seconds>();
  return runs.some((run, i) => {
    if (run.intended !== undefined) return run.end < run.start; // an open load waits for its time, and for no answer
    const gap = run.start - (lastEnds.get(run.process ?? 0) ?? run.start);
    lastEnds.set(run.process ?? 0, run.end);
    return run.end < run.start || run.service < 0 || gap < 0 || gap > patience || around[i]! - usual > patience;
  });
}

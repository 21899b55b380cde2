import type { OverlapPolicy, OverlapSettings } from "../overlapPolicies/overlapPolicy.ts";
import type { LowOperators } from "./lowOperators.ts";
import type { OverlapClock, OverlapTask } from "./overlapTask.ts";

/** What happened in one step of the urgent task. Times in ns. */
export interface OverlapStep {
  /** From its beginning to the end of its last operator. */
  readonly completion: number;
  /** Time that low operators ran until then. */
  readonly lowWork: number;
  readonly lowOperations: number;
  /** Waits after which it went on later than it could have. */
  readonly lateGaps: number;
  /** The longest such delay. */
  readonly latest: number;
  /** Predicted idle time that was not there; null for policies that predict nothing. */
  readonly overPredicted: number | null;
  /** Per low task: the operator it stood at when the step began. */
  readonly lowStarts: readonly number[];
  /** Per operator: when it began and when it ended, from the beginning of the step. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Shorter delays are what looking at the clock and handing over an operator cost, ns. */
const lateNs = 10_000;

/** Tasks that meet on one device. */
export interface OverlapDevice {
  readonly clock: OverlapClock;
  readonly high: OverlapTask;
  readonly low: LowOperators;
}

/** Plays one step of the urgent task, whose host waits so many ns after each operator; 0: not at all. */
export type PlayStep = (gaps: readonly number[]) => Promise<OverlapStep>;

/**
 * Lets the tasks of a device share it by a policy. One thread runs all operators, one at a time, none interrupted. The host of the urgent
 * task launches its next operator at once when one has ended, or after a wait that counts from that end, so that every delay is passed on.
 *
 * @returns plays one step after the other; what the policy learns and how far the low tasks got is kept between them
 */
export function playOverlap(device: OverlapDevice, policy: OverlapPolicy, settings: OverlapSettings): PlayStep {
  const { clock, high, low } = device;
  const runHigh = high.begin();
  const rule = policy.begin({ low, clock, settings });
  return async (gaps) => {
    const lowStarts = [...low.heads];
    const { ...before } = low.done;
    const begin = clock.now();
    const starts: number[] = [];
    const ends: number[] = [];
    const delays: number[] = [];
    low.restartTurns();
    await rule.arrive();
    for (let row = 0; row < high.rows.length; row++) {
      starts.push(clock.now() - begin);
      await runHigh(row);
      const end = clock.now();
      ends.push(end - begin);
      if (row === high.rows.length - 1) break;
      const ready = end + gaps[row]!;
      await rule.afterHigh(row, end, ready);
      if (gaps[row]! > 0) delays.push(clock.now() - ready);
      await clock.waitUntil(ready);
    }
    const late = delays.filter((delay) => delay >= lateNs);
    return {
      completion: ends.at(-1)!,
      lowWork: low.done.work - before.work,
      lowOperations: low.done.operations - before.operations,
      lateGaps: late.length,
      latest: Math.max(0, ...late),
      overPredicted: rule.overPredicted(),
      lowStarts,
      starts,
      ends,
    };
  };
}

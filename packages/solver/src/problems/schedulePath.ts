import type { Seconds } from "@partitune/schema";
import type { ConcurrentChoice } from "./concurrentChoice.ts";
import { roundingTolerance, within } from "./within.ts";

/** What can be chosen in a period. */
export interface PeriodStates {
  readonly seconds: Seconds;
  readonly choices: readonly ConcurrentChoice[];
}

/** The best way to one choice of a period. */
interface Way {
  readonly choice: ConcurrentChoice;
  readonly minibatches: number;
  readonly joules: number;
  readonly before: Way | null;
}

interface Path {
  readonly choices: readonly ConcurrentChoice[];
  readonly minibatches: number;
  /** The first period that cannot be reached, or null. */
  readonly stuckAt: number | null;
}

/**
 * The sequence of choices, one per period, that trains most, by dynamic programming over (mode, minibatch).
 *
 * When the choice changes, the device is busy for a while after the new window has begun: a training minibatch may be under way,
 * the last inference minibatch is served, and the mode changes. The first new minibatch must keep its promise all the same.
 */
export function bestPath(periods: readonly PeriodStates[], latencySeconds: Seconds, changeSeconds: Seconds): Path {
  let ways: readonly Way[] = [];
  for (const [i, period] of periods.entries()) {
    const reached =
      i === 0
        ? period.choices.map((choice) => start(choice, period))
        : step(ways, period, latencySeconds, changeSeconds);
    if (reached.length === 0) return { choices: [], minibatches: 0, stuckAt: i };
    ways = reached;
  }
  const best = bestWay(ways)!;
  return { choices: trace(best), minibatches: best.minibatches, stuckAt: null };
}

/** The best way to each choice of a period that can be reached from the ways before it, keeping the mode or changing it. */
function step(
  before: readonly Way[],
  period: PeriodStates,
  latencySeconds: Seconds,
  changeSeconds: Seconds,
): readonly Way[] {
  const sameMode = Map.groupBy(before, ({ choice }) => choice.mode);
  const anyMode = bestByTail(before);
  return period.choices.flatMap((choice) => {
    const room = choice.batch === null ? Number.POSITIVE_INFINITY : latencySeconds - serviceOf(choice);
    const kept = bestWay((sameMode.get(choice.mode) ?? []).filter((way) => within(tailOf(way.choice), room)));
    const changed = anyMode(room - changeSeconds);
    const ends: Way[] = [];
    if (kept !== undefined) ends.push(extend(kept, choice, period, 0));
    if (changed !== undefined) ends.push(extend(changed, choice, period, changeSeconds));
    return bestWay(ends) ?? [];
  });
}

/** How long the device may be busy with what a choice leaves behind when its last window ends. */
function tailOf(choice: ConcurrentChoice): Seconds {
  return choice.toleratedSeconds + serviceOf(choice);
}

function serviceOf({ load, windowSeconds }: ConcurrentChoice): Seconds {
  return windowSeconds === null ? 0 : load * windowSeconds;
}

function start(choice: ConcurrentChoice, { seconds }: PeriodStates): Way {
  return { choice, minibatches: choice.trainingRate * seconds, joules: choice.watts * seconds, before: null };
}

function extend(before: Way, choice: ConcurrentChoice, { seconds }: PeriodStates, lostSeconds: Seconds): Way {
  const training = choice.trainingRate * Math.max(0, seconds - lostSeconds);
  return {
    choice,
    minibatches: before.minibatches + training,
    joules: before.joules + choice.watts * seconds,
    before,
  };
}

function isBetter(a: Way, b: Way): boolean {
  const rounding = roundingTolerance * b.minibatches;
  if (a.minibatches > b.minibatches + rounding) return true;
  return a.minibatches >= b.minibatches - rounding && a.joules < b.joules;
}

function bestWay(ways: readonly Way[]): Way | undefined {
  return ways.length === 0 ? undefined : ways.reduce((a, b) => (isBetter(b, a) ? b : a));
}

/** Looks up the best of the ways whose tail is at most some time, by bisection. */
function bestByTail(ways: readonly Way[]): (longest: Seconds) => Way | undefined {
  const sorted = ways.toSorted((a, b) => tailOf(a.choice) - tailOf(b.choice));
  const bests: Way[] = [];
  for (const way of sorted) {
    const best = bests.at(-1);
    bests.push(best === undefined || isBetter(way, best) ? way : best);
  }
  return (longest) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (within(tailOf(sorted[middle]!.choice), longest)) low = middle + 1;
      else high = middle;
    }
    return bests[low - 1];
  };
}

function trace(last: Way): readonly ConcurrentChoice[] {
  const choices: ConcurrentChoice[] = [];
  for (let way: Way | null = last; way !== null; way = way.before) choices.push(way.choice);
  return choices.reverse();
}

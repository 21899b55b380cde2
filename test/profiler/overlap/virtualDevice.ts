import type { LowOverlapTask } from "../../../packages/profiler/src/overlap/lowOperators.ts";
import type { OverlapClock, OverlapTask } from "../../../packages/profiler/src/overlap/overlapTask.ts";

/** A clock that moves only when it is told to. */
export interface VirtualClock extends OverlapClock {
  advance(duration: number): void;
}

export function virtualDeviceClock(): VirtualClock {
  let time = 0;
  return {
    now: () => time,
    waitUntil: async (until) => {
      time = Math.max(time, until);
    },
    advance: (duration) => {
      time += duration;
    },
  };
}

/** A task whose operators take known times; each has an identity of its own. */
export function virtualTask(name: string, durations: readonly number[], clock: VirtualClock): OverlapTask {
  return {
    name,
    identities: durations.map((_, row) => ({ name: `${name} ${row}`, grid: null, block: null })),
    rows: durations.map((_, row) => row),
    begin: () => async (row) => clock.advance(durations[row]!),
  };
}

export function virtualLowTask(
  name: string,
  durations: readonly number[],
  clock: VirtualClock,
  priority: number,
): LowOverlapTask {
  return { ...virtualTask(name, durations, clock), priority };
}

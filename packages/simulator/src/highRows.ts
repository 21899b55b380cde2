import type { KernelTask } from "./kernelGame.ts";

/** Operations of the urgent task as they are played, in ns. */
export interface HighRows {
  readonly count: number;
  readonly durations: Float64Array;
  /** Idle time after each; 0 after the last. */
  readonly idles: Float64Array;
  /** 0: the next one was launched long before, nothing fits between; 1 nothing more was launched; 2 launched, but stalled. Means nothing without idle time. */
  readonly kinds: Uint8Array;
  /** When each begins alone, from arrival. */
  readonly starts: Float64Array;
  /** When the last one ends alone, from arrival. */
  readonly alone: number;
  /** All idle time, alone. */
  readonly idle: number;
}

export function toHighRows({ step }: KernelTask): HighRows {
  const count = step.durations.length;
  // The constructor copies arrays several times faster than `from` does.
  const durations = new Float64Array(step.durations);
  const idles = new Float64Array(step.idles);
  const kinds = new Uint8Array(step.idleKinds);
  idles[count - 1] = 0;
  const starts = new Float64Array(count);
  let now = 0;
  let idle = 0;
  for (let row = 0; row < count; row++) {
    starts[row] = now;
    now += durations[row]! + idles[row]!;
    idle += idles[row]!;
  }
  return { count, durations, idles, kinds, starts, alone: now, idle };
}

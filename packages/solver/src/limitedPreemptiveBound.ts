import { blockingOf } from "./blockingOf.ts";
import type { KernelChain } from "./kernelChain.ts";
import { leastFixedPoint } from "./leastFixedPoint.ts";
import type { TaskResponse } from "./schedulability/analysis.ts";

/** Jobs of one busy interval that are looked at before giving up. */
const patience = 100_000;

/**
 * Worst-case response of a chain of kernels without idle time in between, under fixed priorities, in whole ns.
 *
 * Looks at every job of the longest interval in which tasks of this and higher priority keep the accelerator busy. It never looks beyond a
 * response that misses the deadline.
 *
 * @param chains  the most urgent first; the one at `index` is analysed
 * @param fillers  longest kernels of tasks without deadlines, which come last
 * @see Prosa v0.6, response-time analysis of fixed-priority scheduling with limited preemptions (machine-checked)
 */
export function limitedPreemptiveBound(
  chains: readonly KernelChain[],
  index: number,
  fillers: readonly number[],
): TaskResponse {
  const own = chains[index]!;
  const above = chains.slice(0, index).map(({ period, work }) => ({ period, jitter: 0, work }));
  const busyWith = [...above, { period: own.period, jitter: 0, work: own.work }];
  const blocking = blockingOf([...chains.slice(index + 1).map(({ longest }) => longest), ...fillers]);
  const tail = own.last - 1;
  let worst = 0;
  let busy = Math.max(1, blocking);
  for (let job = 0; job < patience; job++) {
    const arrival = job * own.period;
    const base = blocking + (job + 1) * own.work - tail;
    const limit = arrival + own.deadline - tail;
    const start = leastFixedPoint({ base, interferences: above }, limit, Math.max(base, arrival));
    worst = Math.max(worst, start - arrival + tail);
    if (worst > own.deadline) return { bound: null, reached: worst, known: true };
    const next = arrival + own.period;
    busy = leastFixedPoint({ base: blocking, interferences: busyWith }, next, busy);
    if (busy <= next) return { bound: worst, reached: worst, known: true };
  }
  return { bound: null, reached: worst, known: false };
}

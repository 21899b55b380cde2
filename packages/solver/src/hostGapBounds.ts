import { blockingOf } from "./blockingOf.ts";
import type { KernelChain } from "./kernelChain.ts";
import { leastFixedPoint } from "./leastFixedPoint.ts";
import type { TaskResponse } from "./schedulability/analysis.ts";

/**
 * Worst-case responses of chains of kernels with idle time in between, in which others may run, under fixed priorities, in whole ns:
 *
 *     R = C + S + n B + Σ over more urgent tasks h of ⌈(R + R_h − C_h)/T_h⌉ C_h
 *
 * with C the kernels, S the idle time, n the times at which a kernel comes after idle time, and B the wait for a kernel of lower priority.
 *
 * Ours, and not published. The argument: until its end a job runs, is idle, waits for a kernel of lower priority (at most once after each idle
 * time, since nothing of lower priority begins while it is ready), or waits for more urgent work. Of that, a window of length R holds jobs
 * released up to R_h before it, whatever they did in between: a job that is C_h − x into its work when the window begins has x left. So an
 * unfinished job at the least fixed point contradicts it. Jobs do not meet earlier ones of their task as long as R ≤ T. What supports it beside
 * the argument is simulation, so it counts as simulated.
 *
 * @param chains  the most urgent first
 * @param fillers  longest kernels of tasks without deadlines, which come last
 */
export function hostGapBounds(chains: readonly KernelChain[], fillers: readonly number[]): readonly TaskResponse[] {
  const bounds: number[] = [];
  return chains.map((own, index) => {
    const above = chains.slice(0, index);
    const known = bounds.length === index;
    const blocking = blockingOf([...chains.slice(index + 1).map(({ longest }) => longest), ...fillers]);
    const base = own.work + own.idle + own.bursts * blocking;
    if (!known) return { bound: null, reached: base, known };
    const interferences = above.map(({ period, work }, h) => ({ period, jitter: bounds[h]! - work, work }));
    const reached = leastFixedPoint({ base, interferences }, own.deadline);
    if (reached > own.deadline) return { bound: null, reached, known };
    bounds.push(reached);
    return { bound: reached, reached, known };
  });
}

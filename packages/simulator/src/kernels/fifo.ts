import { type KernelPlay, playHigh, runLow, runOut } from "../kernelPlay.ts";
import type { KernelPolicy } from "./kernelPolicy.ts";

/**
 * Default sharing inside one process: a single queue, served in order, in which each of the others always has `window` operations.
 *
 * Operations of the urgent task that were launched long before they run follow one another; the others find the queue full.
 */
export const fifo = {
  description: "default sharing by one queue in order of arrival",
  title: ({ window }) => `one queue, ${window} operations of each of the others in it`,
  play(play, { window }) {
    const { kinds } = play.high;
    const begin = play.preemption
      ? serveUntil(play, window, 0, play.arrival, 0)
      : serve(play, window * play.low.live, 0, 0);
    const end = playHigh(play, begin, (row, from, ready) =>
      kinds[row] === 0 || ready === from ? ready : serveUntil(play, window, from, ready, ready),
    );
    runOut(play, end, false);
  },
} satisfies KernelPolicy;

/** Serves until the urgent task is ready, then the operation that runs and those queued before it. @returns when it is its turn */
function serveUntil(play: KernelPlay, window: number, from: number, ready: number, gapEnd: number): number {
  const { low } = play;
  let now = from;
  while (now <= ready) {
    const task = low.pick(now);
    if (task >= 0) {
      now = run(play, task, now, gapEnd);
      continue;
    }
    const next = low.nextReady(now);
    if (next > ready) break;
    now = next;
  }
  return serve(play, window * low.live - 1, Math.max(now, ready), gapEnd);
}

/** Serves a number of operations, as far as heads are ready. @returns when they have ended */
function serve(play: KernelPlay, count: number, from: number, gapEnd: number): number {
  let now = from;
  for (let i = 0; i < count; i++) {
    const task = play.low.pick(now);
    if (task < 0) break; // no time passes, so nobody becomes ready for the other places either
    now = run(play, task, now, gapEnd);
  }
  return now;
}

function run(play: KernelPlay, task: number, start: number, gapEnd: number): number {
  play.low.picked(task);
  return runLow(play, task, start, gapEnd);
}

import type { Seconds } from "@partitune/schema";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import type { LoadProgress, LoadRequest, StreamSamples } from "./load.ts";
import { OpenStream } from "./loadStream.ts";

/** Timers tick in milliseconds and fire a little later than that; they are set to end so long before the next request is due. */
const timerMargin: Seconds = 0.002;
/** Shorter gaps are not worth a timer. */
const shortestTimer: Seconds = 0.003;
const progressEvery: Seconds = 0.25;
/** From connecting to the first instant of the load. */
const runUp: Seconds = 0.02;

/**
 * Generates load in this process: sends every request when it is due, whether or not earlier ones were answered (open loop).
 *
 * A timer takes it to one or two milliseconds before the next request is due; the rest is slept in the kernel (`Atomics.wait`),
 * exact to a tenth of a millisecond and without using the processor, which the workers need. During that time no answer is read,
 * and none need be: the server says when each was done, on the clock that all processes of a machine share. Requests that are
 * due together leave together. Streams go on until the last request of the window is settled, so that it too ran under load.
 *
 * @returns the samples of the warm-up and the window, per stream
 */
export async function runLoad(
  load: LoadRequest,
  onProgress: (progress: LoadProgress) => void,
): Promise<readonly StreamSamples[]> {
  let origin = Number.NaN;
  const streams = await Promise.all(load.streams.map((stream) => OpenStream.connect(stream, load, () => origin)));
  origin = monotonicSeconds() + runUp;
  const horizon = load.warmupSeconds + load.durationSeconds;
  const now = () => monotonicSeconds() - origin;
  const report = progressReporter(streams, horizon, onProgress);
  try {
    while (streams.some((stream) => stream.isOpen(horizon, now()))) {
      for (const stream of streams) stream.sendDue(now());
      report(now());
      await sleepUntil(Math.min(...streams.map((stream) => stream.due)), now);
    }
  } finally {
    for (const stream of streams) stream.close();
  }
  return streams.map((stream) => stream.samples(horizon));
}

const never = new Int32Array(new SharedArrayBuffer(4));

/** Sleeps towards a time, for a quarter of a second at most, and lets the event loop read what came in. */
async function sleepUntil(time: Seconds, now: () => Seconds): Promise<void> {
  const gap = Math.min(time - now(), progressEvery);
  if (gap >= shortestTimer) return new Promise((resolve) => setTimeout(resolve, Math.floor((gap - timerMargin) * 1e3)));
  if (gap > 0) Atomics.wait(never, 0, 0, gap * 1e3);
  return new Promise((resolve) => setImmediate(resolve));
}

function progressReporter(
  streams: readonly OpenStream[],
  total: Seconds,
  onProgress: (progress: LoadProgress) => void,
): (elapsed: Seconds) => void {
  let reported = Number.NEGATIVE_INFINITY;
  const sum = (read: (stream: OpenStream) => number) => streams.reduce((all, stream) => all + read(stream), 0);
  return (elapsed) => {
    if (elapsed - reported < progressEvery) return;
    reported = elapsed;
    onProgress({
      elapsed: Math.min(elapsed, total),
      total,
      sent: sum((s) => s.sent),
      answered: sum((s) => s.answered),
    });
  };
}

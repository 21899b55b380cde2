import { Worker } from "node:worker_threads";
import type { Seconds } from "@partitune/schema";
import type { BoardSample, BoardSensors } from "./sampleBoard.ts";

/** Often enough for batches of tenths of seconds, and a load of less than a percent of a core. */
export const samplingPeriod: Seconds = 0.1;

/** What the sampling thread is told. */
export interface SamplerOrder {
  readonly root: string;
  readonly sensors: BoardSensors;
  readonly periodSeconds: Seconds;
}

/** Samples of a board, one after the other. */
export interface BoardSampler {
  /** A sample taken now, after all earlier ones have been told. Rejects when the sampler has ended. */
  sample(): Promise<BoardSample>;
  /** May be called twice. */
  close(): Promise<void>;
}

/**
 * Samples a board in a thread of its own.
 *
 * @param onSample  told of each sample, in rising order of time
 */
export function startSampler(order: SamplerOrder, onSample: (sample: BoardSample) => void): BoardSampler {
  const thread = new Worker(new URL("./samplerThread.ts", import.meta.url), { workerData: order });
  // A process that has nothing else to do must not live on for its samples.
  thread.unref();
  let waiting: { readonly resolve: (sample: BoardSample) => void; readonly reject: (error: Error) => void }[] = [];
  let ended: Error | undefined;
  const end = (error: Error) => {
    ended ??= error;
    for (const { reject } of waiting) reject(ended);
    waiting = [];
  };
  thread.on("message", (sample: BoardSample) => {
    onSample(sample);
    // Any sample that comes after the request is recent enough: it waited in the queue for less than a period.
    const served = waiting;
    waiting = [];
    if (served.length > 0) thread.unref();
    for (const { resolve } of served) resolve(sample);
  });
  thread.on("error", (error) => end(error as Error));
  const gone = new Promise<void>((resolve) => {
    thread.on("exit", () => {
      end(new Error("the sampling of the board has ended"));
      resolve();
    });
  });
  return {
    sample: () =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        waiting.push({ resolve, reject });
        thread.ref();
        thread.postMessage("sample");
      }),
    async close() {
      thread.ref();
      if (ended === undefined) thread.postMessage("stop");
      await gone;
    },
  };
}

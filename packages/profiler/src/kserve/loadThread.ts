import { monitorEventLoopDelay } from "node:perf_hooks";
import { parentPort, Worker, workerData } from "node:worker_threads";
import type { Load, Seconds } from "@partitune/schema";
import { type Run, WorkerFailure } from "../executor.ts";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import { answerCheck } from "./answerCheck.ts";
import { Connection, type Ending } from "./connection.ts";
import { failureWatch } from "./failureWatch.ts";
import type { LoadOrder, LoadReport, PaceOrder } from "./loadRequest.ts";
import { type BatchOfServer, sendBatch } from "./sendBatch.ts";

/**
 * The load generator's own thread, whose event loop nothing else holds up. An open load is paced by a thread of its own again, which sleeps exactly
 * while this one reads answers.
 */
const order = workerData as LoadOrder;

/** Sockets of an open load at most. More batches in flight than that wait for one, which is part of their latency. */
const mostConnections = 512;
/** From the start of the load to its first instant: time for the pacing thread to start. */
const runUp: Seconds = 0.05;
/** After a batch without an answer, a closed load waits so long before the next: a server that refuses is not to be flooded. */
const pauseAfterFailure: Seconds = 0.05;
const loopResolutionMilliseconds = 10;

const connection = new Connection({
  address: order.address,
  connections: order.load.kind === "closed" ? order.load.inFlight : mostConnections,
  ...(order.authorization === undefined ? {} : { authorization: order.authorization }),
});
const batch: BatchOfServer = {
  connection,
  request: { ...order.request, body: asBuffer(order.request.body) },
  reader: answerCheck(order.model, order.batch),
  patience: order.patience,
};
const watch = failureWatch(order.patience.silenceSeconds);
const loopDelay = monitorEventLoopDelay({ resolution: loopResolutionMilliseconds });
loopDelay.enable();

let pending: Run[] = [];
let ended = false;
let pacer: Worker | undefined;

if (order.load.kind === "closed") keepInFlight(order.load.inFlight);
else pacer = pace(order.load);

function keepInFlight(inFlight: number): void {
  const next = (process: number) =>
    sendBatch(batch, { process }, (run, ending) => {
      settle(run, ending);
      if (ended) return;
      if (ending.outcome === "failed") setTimeout(next, pauseAfterFailure * 1e3, process);
      else next(process);
    });
  for (let i = 0; i < inFlight; i++) next(i);
}

function pace(load: Exclude<Load, { readonly kind: "closed" }>): Worker {
  const paceOrder: PaceOrder = { load, batch: order.batch, origin: monotonicSeconds() + runUp, seed: order.seed };
  const thread = new Worker(new URL("./paceThread.ts", import.meta.url), { workerData: paceOrder });
  thread.on("message", (intended: Seconds) => {
    if (!ended) sendBatch(batch, { intended }, settle);
  });
  thread.on("error", (error) => end(new WorkerFailure("failed", `the load could not be paced (${error.message})`)));
  return thread;
}

function settle(run: Run, ending: Ending): void {
  if (ended) return;
  if (pending.length === 0) setImmediate(flush);
  pending.push(run);
  try {
    watch.note(ending);
  } catch (error) {
    end(error as WorkerFailure);
  }
}

function end({ code, message }: WorkerFailure): void {
  ended = true;
  void pacer?.terminate();
  report({ failure: { code, message } });
}

function flush(): void {
  if (!ended) report({});
}

/** Runs leave together that ended together: a message for each would cost more than the requests. */
function report(rest: Pick<LoadReport, "failure">): void {
  const loopDelaySeconds = Math.max(0, loopDelay.percentile(99) / 1e9 - loopResolutionMilliseconds / 1e3);
  const message: LoadReport = {
    runs: pending,
    loopDelaySeconds: Number.isFinite(loopDelaySeconds) ? loopDelaySeconds : 0,
    ...rest,
  };
  pending = [];
  parentPort!.postMessage(message);
}

/** Bytes that came from another thread are no buffer any more. */
function asBuffer(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

import { monitorEventLoopDelay } from "node:perf_hooks";
import { Worker } from "node:worker_threads";
import type { Seconds } from "@partitune/schema";
import { type Run, WorkerFailure } from "../executor.ts";
import { goFirst } from "../live/goFirst.ts";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import { answerCheck } from "./answerCheck.ts";
import { Connection, type Ending } from "./connection.ts";
import { type FailureWatch, failureWatch } from "./failureWatch.ts";
import type { LoadOrder, LoadReport, PaceOrder } from "./loadRequest.ts";
import { packRuns, problemsOf } from "./packedRuns.ts";
import { type BatchOfServer, sendBatch } from "./sendBatch.ts";

/**
 * The load generator's own process, whose event loop nothing else holds up: takes one load from its parent, sends back what became of its batches, and
 * ends with its parent. An open load is paced by a thread, which sleeps exactly while the event loop reads answers.
 */
process.once("disconnect", () => process.exit(1));
process.once("message", generate);

/** Sockets of an open load at most. More batches in flight than that wait for one, which is part of their latency. */
const mostConnections = 512;
/** From the start of the load to its first instant: time for the pacing thread to start. */
const runUp: Seconds = 0.1;
/** After a batch without an answer, a closed load waits so long before the next: a server that refuses is not to be flooded. */
const pauseAfterFailure: Seconds = 0.05;
const loopResolutionMilliseconds = 10;

function generate(order: LoadOrder): void {
  const { load, request, model, address, authorization, patience } = order;
  if (load.kind !== "closed") goFirst();
  const connections = load.kind === "closed" ? load.inFlight : mostConnections;
  const connection = new Connection({
    address,
    connections,
    ...(authorization === undefined ? {} : { authorization }),
  });
  const batch = { connection, request, reader: answerCheck(model, order.batch), patience };
  const settle = settler(failureWatch(patience.silenceSeconds, load.kind !== "closed"));
  if (load.kind === "closed") keepInFlight(load.inFlight, batch, settle);
  else pace({ load, batch: order.batch, origin: monotonicSeconds() + runUp, seed: order.seed }, batch, settle);
}

type Settle = (run: Run, ending: Ending) => void;

function keepInFlight(inFlight: number, batch: BatchOfServer, settle: Settle): void {
  const next = (place: number) =>
    sendBatch(batch, { process: place }, (run, ending) => {
      settle(run, ending);
      if (ending.outcome === "failed") setTimeout(next, pauseAfterFailure * 1e3, place);
      else next(place);
    });
  for (let i = 0; i < inFlight; i++) next(i);
}

function pace(order: PaceOrder, batch: BatchOfServer, settle: Settle): void {
  const thread = new Worker(new URL("./paceThread.ts", import.meta.url), { workerData: order });
  thread.on("message", (intended: Seconds) => sendBatch(batch, { intended }, settle));
  thread.on("error", (error) => end([], new WorkerFailure("failed", `the load could not be paced (${error.message})`)));
}

const loopDelay = monitorEventLoopDelay({ resolution: loopResolutionMilliseconds });
loopDelay.enable();

/** Takes note of runs. Those that end together leave together: a message for each would cost more than the requests. */
function settler(watch: FailureWatch): Settle {
  let pending: Run[] = [];
  const flush = () => {
    report(pending);
    pending = [];
  };
  return (run, ending) => {
    if (pending.length === 0) setImmediate(flush);
    pending.push(run);
    try {
      watch.note(ending);
    } catch (error) {
      end(pending, error as WorkerFailure);
    }
  };
}

function end(runs: readonly Run[], { code, message }: WorkerFailure): void {
  report(runs, { failure: { code, message } }, () => process.exit(0));
}

function report(runs: readonly Run[], rest: Pick<LoadReport, "failure"> = {}, onSent: () => void = () => {}): void {
  const loopDelaySeconds = Math.max(0, loopDelay.percentile(99) / 1e9 - loopResolutionMilliseconds / 1e3);
  const message: LoadReport = { runs: packRuns(runs), problems: problemsOf(runs), loopDelaySeconds, ...rest };
  process.send!(message, onSent);
}

import { isOneInFlight, type Load, type Seconds } from "@partitune/schema";
import { type Run, type Session, type Usage, WorkerFailure } from "../executor.ts";
import { answerCheck } from "./answerCheck.ts";
import type { Ending } from "./connection.ts";
import { type FailureWatch, failureWatch } from "./failureWatch.ts";
import { inferRequest, type RequestRecipe } from "./inferRequest.ts";
import { type LoadGenerator, startLoad } from "./loadGenerator.ts";
import type { ServerPatience } from "./loadRequest.ts";
import type { KServeServer } from "./openServer.ts";
import { type BatchOfServer, sendBatch } from "./sendBatch.ts";
import { untoldUsage } from "./untoldUsage.ts";

/** What a session runs its batches on. */
export interface KServeSessionOptions {
  readonly server: KServeServer;
  readonly recipe: RequestRecipe;
  readonly load: Load;
  readonly patience: ServerPatience;
  readonly authorization?: string;
  /** Fixes the times of arrival. */
  readonly seed: string;
}

/** After a batch without an answer, the next waits so long: a server that refuses is not to be flooded. */
const pauseAfterFailure: Seconds = 0.05;
/** Batches that are run before a load begins, at least: the first of them may wait behind what an earlier load has left. */
const leastProbes = 3;
/** A batch that took more than so many times as long as the next waited behind something. */
const settledFactor = 2;

/** A model of a server under a load. One batch in flight is sent when it is asked for; other loads have processes of their own. */
export class KServeSession implements Session {
  readonly mechanism: string;
  readonly #options: KServeSessionOptions;
  readonly #watch: FailureWatch;
  #prepared: { readonly size: number; readonly batch: BatchOfServer } | undefined;
  #generator: { readonly size: number; readonly load: LoadGenerator } | undefined;
  #hasFailed = false;
  #closing: Promise<void> | undefined;

  constructor(options: KServeSessionOptions) {
    const { server, recipe, patience } = options;
    this.#options = options;
    this.#watch = failureWatch(patience.silenceSeconds);
    this.mechanism = `requests over HTTP, tensors ${recipe.isBinary ? "in binary form" : "in JSON"}, time-out ${patience.timeoutSeconds} s; the server ${server.name} decides what it runs on`;
  }

  async run(batch: number): Promise<Run> {
    if (!isOneInFlight(this.#options.load)) return (await this.#loadOf(batch)).next();
    if (this.#hasFailed) await pause();
    const { run, ending } = await this.#send(this.#batchOf(batch));
    this.#hasFailed = ending.outcome === "failed";
    this.#watch.note(ending);
    return run;
  }

  async usage(): Promise<Usage> {
    const { server, recipe } = this.#options;
    // A server that has just failed is told of by its batches.
    const told = await server.statistics(recipe.engine).catch(() => undefined);
    return {
      ...untoldUsage,
      ...(told === undefined ? {} : { server: told }),
      ...(this.#generator === undefined ? {} : { loopDelaySeconds: this.#generator.load.loopDelaySeconds }),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([this.#generator?.load.close(), this.#options.server.close()]);
  }

  #send(batch: BatchOfServer): Promise<{ readonly run: Run; readonly ending: Ending }> {
    if (this.#closing !== undefined) throw new WorkerFailure("failed", "the session was closed");
    return new Promise((resolve) => {
      sendBatch(batch, {}, (run, ending) => resolve({ run, ending }));
    });
  }

  /** Waits until the server has worked off what an earlier load has left: the first batch waits behind it, and the next takes far less time. */
  async #settle(size: number): Promise<void> {
    let before = Number.POSITIVE_INFINITY;
    for (let sent = 1; ; sent++) {
      const { run, ending } = await this.#send(this.#batchOf(size));
      this.#watch.note(ending);
      const isAnswered = ending.outcome === "answered";
      if (isAnswered && sent >= leastProbes && run.service * settledFactor >= before) return;
      before = isAnswered ? run.service : Number.POSITIVE_INFINITY;
      if (!isAnswered) await pause();
    }
  }

  #batchOf(size: number): BatchOfServer {
    if (this.#prepared?.size !== size) {
      const { recipe, patience, server } = this.#options;
      const request = inferRequest(recipe, size);
      const reader = answerCheck(recipe.model, size);
      this.#prepared = { size, batch: { connection: server.connection, request, reader, patience } };
    }
    return this.#prepared.batch;
  }

  /** Another batch size is another load: the one before is ended first. */
  async #loadOf(size: number): Promise<LoadGenerator> {
    if (this.#generator?.size === size) return this.#generator.load;
    await this.#generator?.load.close();
    await this.#settle(size);
    const { recipe, load, patience, server, authorization, seed } = this.#options;
    const order = {
      ...{ address: server.connection.address, request: inferRequest(recipe, size), model: recipe.model, batch: size },
      ...{ load, patience, seed: `${seed} ${size}` },
      ...(authorization === undefined ? {} : { authorization }),
    };
    this.#generator = { size, load: startLoad(order) };
    return this.#generator.load;
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pauseAfterFailure * 1e3));
}

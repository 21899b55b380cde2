import type { ModeTurns, Seconds } from "@partitune/schema";
import type { BatchEngine, BatcherStatus, RequestQueue, WaitingRequest } from "../live/batcher.ts";
import { type BackgroundRule, backgroundRule } from "./backgroundRule.ts";
import { type Gatherer, gathererOf, type ReadyMinibatch } from "./gatherer.ts";
import type { GatheredWindows, Minibatch } from "./minibatch.ts";

/** Time, and being called at a time. */
export interface TurnClock {
  now(): Seconds;
  /** @returns cancels the call */
  at(time: Seconds, call: () => void): () => void;
}

export interface TurnsOptions {
  readonly clock: TurnClock;
  /** False: every job runs whenever it has something to run, as processes that nobody manages. */
  readonly managed: boolean;
  /** Most requests of one inference that may wait; those beyond are refused, so that memory stays bounded under overload. */
  readonly maxWaiting: number;
  readonly onMinibatch: (minibatch: Minibatch) => void;
  readonly onWindow: (window: GatheredWindows) => void;
  /** Called once when an engine has failed, after every request was refused. */
  readonly onFailure: (reason: string) => void;
}

/** One inference: what gathers its requests, what is ready, and what it has served. */
interface Server {
  readonly name: string;
  readonly gatherer: Gatherer;
  readonly ready: ReadyMinibatch[];
  /** Requests in those. */
  gathered: number;
  running: number;
  served: number;
  busySeconds: Seconds;
}

/**
 * Workloads that take turns on a device by the rules of a mode plan: one minibatch at a time, none interrupted; a ready minibatch of an
 * inference goes first, the more urgent before the others; in between the background's, when its rule lets one start.
 */
export class Turns {
  readonly #engines: ReadonlyMap<string, BatchEngine>;
  readonly #options: TurnsOptions;
  readonly #servers: readonly Server[];
  readonly #background: { readonly name: string; readonly batch: number; readonly rule: BackgroundRule } | null;
  readonly #running = new Set<string>();
  #cancel: () => void = () => {};
  #stopping: string | undefined;
  #emptied: (() => void) | undefined;

  /** Begins at once. @param engines  workload → what runs its minibatches */
  constructor(turns: ModeTurns, engines: ReadonlyMap<string, BatchEngine>, options: TurnsOptions) {
    const open = options.clock.now();
    this.#engines = engines;
    this.#options = options;
    this.#servers = turns.inferences.map((inference) => ({
      name: inference.workload,
      gatherer: gathererOf(inference, open, options.onWindow),
      ready: [],
      gathered: 0,
      running: 0,
      served: 0,
      busySeconds: 0,
    }));
    const { background } = turns;
    this.#background = background && {
      name: background.workload,
      batch: background.batch,
      rule: backgroundRule(background, turns, open),
    };
    this.#consider();
  }

  /** Where requests of the n-th inference of the plan go. */
  queue(n: number): RequestQueue {
    const server = this.#servers[n]!;
    return { submit: (requests) => this.#submit(server, requests), status: () => statusOf(server) };
  }

  /** Refuses new requests, runs what has come and no more of the background, and resolves when nothing runs. */
  drain(): Promise<void> {
    this.#stopping ??= "the server is stopping";
    for (const server of this.#servers) makeReady(server, server.gatherer.flush(this.#options.clock.now()));
    return new Promise((resolve) => {
      this.#emptied = resolve;
      this.#consider();
    });
  }

  #submit(server: Server, requests: readonly WaitingRequest[]): void {
    const { gatherer, gathered } = server;
    const isFull = gatherer.waiting + gathered >= this.#options.maxWaiting;
    const reason = this.#stopping ?? (isFull ? "too many requests wait" : undefined);
    if (reason !== undefined) {
      for (const request of requests) request.refuse(reason);
      return;
    }
    gatherer.add(requests);
    makeReady(server, gatherer.gatherUntil(this.#options.clock.now()));
    this.#consider();
  }

  #consider(): void {
    this.#cancel();
    const now = this.#options.clock.now();
    if (this.#stopping === undefined)
      for (const server of this.#servers) makeReady(server, server.gatherer.gatherUntil(now));
    for (const server of this.#servers) if (this.#isFree(server.name)) this.#serveNext(server);
    if (this.#mayRunBackground(now)) void this.#runBackground();
    if (this.#stopping === undefined) this.#waitForChange(now);
    else if (this.#running.size === 0) this.#emptied?.();
  }

  #isFree(job: string): boolean {
    return this.#options.managed ? this.#running.size === 0 : !this.#running.has(job);
  }

  #mayRunBackground(now: Seconds): boolean {
    if (this.#background === null || this.#stopping !== undefined || !this.#isFree(this.#background.name)) return false;
    return !this.#options.managed || this.#background.rule.mayStart(now, this.#nextReady());
  }

  /** When an inference next has a minibatch ready by the clock. */
  #nextReady(): Seconds {
    return Math.min(Number.POSITIVE_INFINITY, ...this.#servers.map(({ gatherer }) => gatherer.nextReady));
  }

  #waitForChange(now: Seconds): void {
    const allowed = this.#background?.rule.allowedMoreAt(now) ?? Number.POSITIVE_INFINITY;
    const next = Math.min(this.#nextReady(), allowed);
    this.#cancel = Number.isFinite(next) ? this.#options.clock.at(next, () => this.#consider()) : () => {};
  }

  /** Passes over requests that nobody waits for any more. */
  #serveNext(server: Server): void {
    for (let next = server.ready.shift(); next !== undefined; next = server.ready.shift()) {
      server.gathered -= next.requests.length;
      const requests = next.requests.filter((request) => !request.isAbandoned());
      if (requests.length > 0) return void this.#serve(server, { ...next, requests });
    }
  }

  async #serve(server: Server, { ready, requests, putOff }: ReadyMinibatch): Promise<void> {
    server.running = requests.length;
    const run = await this.#run(server.name, requests.length, requests);
    server.running = 0;
    if (run === undefined) return;
    const { start, end, service } = run;
    server.served += requests.length;
    server.busySeconds += end - start;
    for (const request of requests)
      request.answer({ queueSeconds: start - request.arrived, serviceSeconds: service, batch: requests.length, end });
    this.#options.onMinibatch({
      job: server.name,
      task: "inference",
      size: requests.length,
      putOff,
      ready,
      start,
      end,
      service,
    });
    this.#consider();
  }

  async #runBackground(): Promise<void> {
    const { name, batch, rule } = this.#background!;
    rule.started();
    const run = await this.#run(name, batch, []);
    if (run === undefined) return;
    const { start } = run;
    this.#options.onMinibatch({ job: name, task: "background", size: batch, putOff: 0, ready: start, ...run });
    this.#consider();
  }

  /** @returns undefined when the engine failed */
  async #run(job: string, batch: number, requests: readonly WaitingRequest[]) {
    this.#running.add(job);
    const start = this.#options.clock.now();
    try {
      const service = await this.#engines.get(job)!.run(batch);
      this.#running.delete(job);
      return { start, end: this.#options.clock.now(), service };
    } catch (error) {
      this.#running.delete(job);
      this.#fail(error instanceof Error ? error.message : String(error), requests);
      return undefined;
    }
  }

  #fail(reason: string, requests: readonly WaitingRequest[]): void {
    const isFirst = this.#stopping === undefined;
    this.#stopping = reason;
    this.#cancel();
    for (const request of requests) request.refuse(reason);
    for (const { gatherer, ready } of this.#servers)
      for (const minibatch of [...ready.splice(0), ...gatherer.flush(0)])
        for (const request of minibatch.requests) request.refuse(reason);
    if (isFirst) this.#options.onFailure(reason);
    if (this.#running.size === 0) this.#emptied?.();
  }
}

function makeReady(server: Server, minibatches: readonly ReadyMinibatch[]): void {
  server.ready.push(...minibatches);
  for (const { requests } of minibatches) server.gathered += requests.length;
}

function statusOf({ gatherer, gathered, running, served, busySeconds }: Server): BatcherStatus {
  return { waiting: gatherer.waiting + gathered, running, served, busySeconds };
}

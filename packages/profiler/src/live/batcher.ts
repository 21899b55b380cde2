import type { Seconds } from "@partitune/schema";

/** What a server tells about a request that was answered. */
export interface Served {
  /** Time from its arrival at the server to the start of its batch. */
  readonly queueSeconds: Seconds;
  /** Execution time of its batch, as the engine measured it. */
  readonly serviceSeconds: Seconds;
  /** Size of its batch. */
  readonly batch: number;
  /** When the batch was done, on the batcher's clock. */
  readonly end: Seconds;
}

/** A request that waits. Exactly one of `answer` and `refuse` is called, unless it is abandoned before. */
export interface WaitingRequest {
  readonly arrived: Seconds;
  answer(served: Served): void;
  refuse(reason: string): void;
  /** True when nobody wants the answer any more; it is then not run. */
  isAbandoned(): boolean;
}

/** What runs batches: one at a time. A rejection is final. */
export interface BatchEngine {
  /** @returns execution time as the engine measured it */
  run(batch: number): Promise<Seconds>;
}

export interface BatcherOptions {
  /** Largest batch, at least 1. */
  readonly batch: number;
  /** Longest time a free engine waits for a batch to fill; timers round it up to whole milliseconds. */
  readonly maxDelaySeconds: Seconds;
  /** Most requests that may wait; those beyond are refused, so that memory stays bounded under overload. */
  readonly maxWaiting: number;
  readonly now: () => Seconds;
  /** Called once when the engine has failed, after every request was refused. */
  readonly onFailure: (reason: string) => void;
}

/** Sums over everything served so far. */
export interface BatcherStatus {
  readonly waiting: number;
  readonly running: number;
  readonly served: number;
  /** Time during which the engine was occupied. */
  readonly busySeconds: Seconds;
}

/** What a socket hands requests to. */
export interface RequestQueue {
  /** Takes requests that arrived together. */
  submit(requests: readonly WaitingRequest[]): void;
  status(): BatcherStatus;
}

/**
 * Greedy dynamic batching: an engine that is free takes what waits, up to the largest batch. When less waits, it may hold on
 * for `maxDelaySeconds`, counted from when it was free and something waited.
 */
export class Batcher implements RequestQueue {
  readonly #engine: BatchEngine;
  readonly #options: BatcherOptions;
  #waiting: WaitingRequest[] = [];
  #running: readonly WaitingRequest[] = [];
  #held: NodeJS.Timeout | undefined;
  #stopping: string | undefined;
  #emptied: (() => void) | undefined;
  #served = 0;
  #busySeconds = 0;

  constructor(engine: BatchEngine, options: BatcherOptions) {
    this.#engine = engine;
    this.#options = options;
  }

  /** Takes requests that arrived together, so that they can go into one batch. */
  submit(requests: readonly WaitingRequest[]): void {
    for (const request of requests) {
      const reason =
        this.#stopping ?? (this.#waiting.length >= this.#options.maxWaiting ? "too many requests wait" : undefined);
      if (reason === undefined) this.#waiting.push(request);
      else request.refuse(reason);
    }
    this.#consider();
  }

  /** Refuses new requests, answers those accepted, and resolves when none is left. */
  drain(): Promise<void> {
    this.#stopping ??= "the server is stopping";
    return new Promise((resolve) => {
      this.#emptied = resolve;
      this.#consider();
    });
  }

  status(): BatcherStatus {
    return {
      waiting: this.#waiting.length,
      running: this.#running.length,
      served: this.#served,
      busySeconds: this.#busySeconds,
    };
  }

  #consider(): void {
    if (this.#running.length > 0) return;
    this.#waiting = this.#waiting.filter((request) => !request.isAbandoned());
    const { batch, maxDelaySeconds } = this.#options;
    if (this.#waiting.length === 0) this.#emptied?.();
    else if (this.#waiting.length >= batch || maxDelaySeconds === 0 || this.#stopping !== undefined)
      void this.#dispatch();
    else this.#held ??= setTimeout(() => void this.#dispatch(), Math.ceil(maxDelaySeconds * 1e3));
  }

  async #dispatch(): Promise<void> {
    clearTimeout(this.#held);
    this.#held = undefined;
    this.#waiting = this.#waiting.filter((request) => !request.isAbandoned());
    const taken = this.#waiting.splice(0, this.#options.batch);
    if (taken.length === 0) return this.#consider();
    this.#running = taken;
    const start = this.#options.now();
    try {
      const serviceSeconds = await this.#engine.run(taken.length);
      this.#answer(taken, start, serviceSeconds);
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #answer(taken: readonly WaitingRequest[], start: Seconds, serviceSeconds: Seconds): void {
    const end = this.#options.now();
    this.#served += taken.length;
    this.#busySeconds += end - start;
    this.#running = [];
    for (const request of taken)
      request.answer({ queueSeconds: start - request.arrived, serviceSeconds, batch: taken.length, end });
    this.#consider();
  }

  #fail(reason: string): void {
    const refused = [...this.#running, ...this.#waiting];
    this.#stopping = reason;
    this.#running = [];
    this.#waiting = [];
    for (const request of refused) request.refuse(reason);
    this.#options.onFailure(reason);
    this.#emptied?.();
  }
}

import { Worker } from "node:worker_threads";
import type { Seconds } from "@partitune/schema";
import { type Run, WorkerFailure } from "../executor.ts";
import type { LoadOrder, LoadReport } from "./loadRequest.ts";

/** A load under way. */
export interface LoadGenerator {
  /**
   * The next batch that ends.
   *
   * @throws WorkerFailure when the load has ended, because the server gives no answers or it was closed
   */
  next(): Promise<Run>;
  /** Delay of its event loop so far, 99th percentile. */
  readonly loopDelaySeconds: Seconds;
  /** Ends the load; what is in flight is broken off. */
  close(): Promise<void>;
}

/** Starts a load on a thread of its own. It goes on, asked or not, until it is closed. */
export function startLoad(order: LoadOrder): LoadGenerator {
  return new ThreadedLoad(new Worker(new URL("./loadThread.ts", import.meta.url), { workerData: order }));
}

class ThreadedLoad implements LoadGenerator {
  loopDelaySeconds: Seconds = 0;
  readonly #thread: Worker;
  readonly #runs: Run[] = [];
  #taken = 0;
  #failure: WorkerFailure | undefined;
  #waiting: { readonly resolve: (run: Run) => void; readonly reject: (failure: WorkerFailure) => void } | undefined;

  constructor(thread: Worker) {
    this.#thread = thread;
    thread.on("message", (report: LoadReport) => this.#receive(report));
    thread.on("error", (error) =>
      this.#fail(new WorkerFailure("failed", `the load generator broke (${error.message})`)),
    );
    thread.on("exit", () => this.#fail(new WorkerFailure("failed", "the load generator ended")));
  }

  next(): Promise<Run> {
    const run = this.#take();
    if (run !== undefined) return Promise.resolve(run);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  async close(): Promise<void> {
    this.#fail(new WorkerFailure("failed", "the load was ended"));
    await this.#thread.terminate();
  }

  #receive({ runs, loopDelaySeconds, failure }: LoadReport): void {
    this.loopDelaySeconds = loopDelaySeconds;
    for (const run of runs) this.#runs.push(run);
    const waiting = this.#waiting;
    const run = waiting === undefined ? undefined : this.#take();
    if (waiting !== undefined && run !== undefined) {
      this.#waiting = undefined;
      waiting.resolve(run);
    }
    if (failure !== undefined) this.#fail(new WorkerFailure(failure.code, failure.message));
  }

  #take(): Run | undefined {
    const run = this.#runs[this.#taken];
    if (run === undefined) return undefined;
    this.#taken += 1;
    if (this.#taken === this.#runs.length) {
      this.#runs.length = 0;
      this.#taken = 0;
    }
    return run;
  }

  #fail(failure: WorkerFailure): void {
    this.#failure ??= failure;
    this.#waiting?.reject(this.#failure);
    this.#waiting = undefined;
  }
}

import type { Seconds } from "@partitune/schema";
import type { Run } from "../executor.ts";
import { BatchPatience } from "./batchPatience.ts";
import type { WorkerProcess, WorkerStats } from "./workerProcess.ts";

/** An engine for a card may build its kernels for a batch size that it has not seen, which takes minutes. */
const firstPatience: Seconds = 600;
const statsPatience: Seconds = 30;

interface Waiter {
  readonly resolve: (run: Run) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Workers of one workload that are all kept busy, each with one batch after the other. Whoever runs batches is given the next one that ends, whichever
 * worker had it; the others go on meanwhile. Not far: when as many have ended as there are workers and nobody has asked, they stop, and start anew when
 * somebody does, so that no batch counts during which others rested.
 */
export class WorkerRing {
  readonly workers: readonly WorkerProcess[];
  readonly #patience: BatchPatience;
  #batch: number | undefined;
  #flights: readonly Promise<void>[] = [];
  #ended: Run[] = [];
  #waiter: Waiter | undefined;
  #failure: { readonly error: unknown } | undefined;
  #resting = true;

  /** @param workers  at least one, ready */
  constructor(workers: readonly WorkerProcess[], patience = new BatchPatience(firstPatience)) {
    this.workers = workers;
    this.#patience = patience;
  }

  /**
   * @throws WorkerFailure when a worker fails; the ring is then of no more use
   */
  async run(batch: number): Promise<Run> {
    const [only, ...others] = this.workers;
    if (others.length === 0) return this.#runOn(only!, batch);
    if (this.#resting || batch !== this.#batch) await this.#begin(batch);
    this.#check();
    const next = this.#ended.shift();
    if (next !== undefined) return next;
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
  }

  /** What the workers say of themselves, while none of them works. */
  async stats(): Promise<readonly WorkerStats[]> {
    await this.#rest();
    return Promise.all(this.workers.map((worker) => worker.stats(statsPatience)));
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()));
    await this.#rest();
  }

  async #begin(batch: number): Promise<void> {
    await this.#rest();
    this.#check();
    this.#batch = batch;
    this.#resting = false;
    this.#flights = this.workers.map((_, process) => this.#keepBusy(process));
  }

  /** Lets what is in flight end; it counts no more. */
  async #rest(): Promise<void> {
    this.#resting = true;
    await Promise.all(this.#flights);
    this.#flights = [];
    this.#ended = [];
  }

  async #keepBusy(process: number): Promise<void> {
    const batch = this.#batch!;
    try {
      while (!this.#resting) this.#give({ ...(await this.#runOn(this.workers[process]!, batch)), process });
    } catch (error) {
      this.#failure ??= { error };
      this.#resting = true;
      this.#waiter?.reject(error);
      this.#waiter = undefined;
    }
  }

  #give(run: Run): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (waiter !== undefined) waiter.resolve(run);
    else this.#ended.push(run);
    if (this.#ended.length >= this.workers.length) this.#resting = true;
  }

  async #runOn(worker: WorkerProcess, batch: number): Promise<Run> {
    const { start, end, service, device } = await worker.run(batch, this.#patience.of(batch));
    this.#patience.learn(batch, end - start);
    return { start, end, service, ...(device === undefined ? {} : { device }) };
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Seconds } from "@partitune/schema";
import { type Run, WorkerFailure } from "../executor.ts";
import type { LoadOrder, LoadReport } from "./loadRequest.ts";
import { unpackRuns } from "./packedRuns.ts";

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

/** Starts a load in a process of its own. It goes on, asked or not, until it is closed. */
export function startLoad(order: LoadOrder): LoadGenerator {
  // Detached, so that Ctrl-C in a terminal reaches this process first, which then ends the load.
  const child = fork(fileURLToPath(new URL("./loadProcess.ts", import.meta.url)), {
    serialization: "advanced",
    detached: true,
    execArgv: [],
  });
  child.send(order);
  return new LoadInProcess(child);
}

class LoadInProcess implements LoadGenerator {
  loopDelaySeconds: Seconds = 0;
  readonly #child: ChildProcess;
  readonly #runs: Run[] = [];
  #taken = 0;
  #failure: WorkerFailure | undefined;
  #waiting: { readonly resolve: (run: Run) => void; readonly reject: (failure: WorkerFailure) => void } | undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (report: LoadReport) => this.#receive(report));
    child.on("error", (error) => this.#fail("failed", `the load generator broke (${error.message})`));
    child.on("exit", (code, signal) =>
      this.#fail("failed", `the load generator ended (${signal ?? `exit code ${code}`})`),
    );
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
    this.#fail("failed", "the load was ended");
    this.#runs.length = 0;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }

  #receive({ runs, problems, loopDelaySeconds, failure }: LoadReport): void {
    this.loopDelaySeconds = loopDelaySeconds;
    if (this.#failure !== undefined) return;
    for (const run of unpackRuns(runs, problems)) this.#runs.push(run);
    const waiting = this.#waiting;
    const run = waiting === undefined ? undefined : this.#take();
    if (waiting !== undefined && run !== undefined) {
      this.#waiting = undefined;
      waiting.resolve(run);
    }
    if (failure !== undefined) this.#fail(failure.code, failure.message);
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

  #fail(code: WorkerFailure["code"], message: string): void {
    this.#failure ??= new WorkerFailure(code, message);
    this.#waiting?.reject(this.#failure);
    this.#waiting = undefined;
  }
}

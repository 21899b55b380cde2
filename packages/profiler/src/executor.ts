import type { Config, Device, Engine, Seconds, Workload } from "@partitune/schema";

/** A monotonic clock. Synthetic and replayed devices bring a virtual one, so that campaigns on them take no time. */
export interface Clock {
  /** What the clock is, for the record, e.g. `process.hrtime` or `virtual`. */
  readonly name: string;
  now(): Seconds;
  sleep(duration: Seconds): Promise<void>;
}

/** One batch that was run. Times are on the executor's clock. */
export interface Run {
  /** When the harness asked for it. */
  readonly start: Seconds;
  /** When the harness had the answer. */
  readonly end: Seconds;
  /** Service time as the worker measured it: start of execution to completion. */
  readonly service: Seconds;
}

/** What a worker has used since it was started; null with a reason where it cannot be read. */
export interface Usage {
  readonly cpuSeconds: Seconds | null;
  readonly memoryPeakBytes: number | null;
  readonly energyJoules: number | null;
  /** For each null: why. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** A workload, started and ready to run batches under one configuration. */
export interface Session {
  /** What set the partition, e.g. `cgroup-v1 quota, period 5 ms`. */
  readonly mechanism: string;
  /**
   * Runs one batch of `batch` requests.
   *
   * @throws WorkerFailure when the worker cannot; the session must then be closed
   */
  run(batch: number): Promise<Run>;
  usage(): Promise<Usage>;
  /** Stops the worker and puts back whatever the partition changed. May be called twice. */
  close(): Promise<void>;
}

/** A device on which workloads can be started: the narrow interface between measuring and the world. */
export interface Executor {
  readonly name: string;
  readonly clock: Clock;
  /** The engines it can start. */
  readonly engines: readonly Engine["engine"][];
  /** The device, and the facts that make two measurements comparable (processor, kernel, library versions, mechanism). */
  describe(): Promise<{ readonly device: Device; readonly environment: Readonly<Record<string, string>> }>;
  /**
   * Starts a workload under a configuration.
   *
   * @throws WorkerFailure when it does not start
   */
  open(workload: Workload, config: Config): Promise<Session>;
}

/** Why a worker could not do what it was asked. `out-of-memory` and `bad-batch` are results; the others are faults. */
export type FailureCode = "out-of-memory" | "bad-batch" | "crashed" | "hung" | "garbage" | "failed";

/** A worker that failed: what happened, in words, and what it last said. */
export class WorkerFailure extends Error {
  override readonly name = "WorkerFailure";
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

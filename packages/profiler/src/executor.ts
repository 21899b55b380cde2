import type {
  Config,
  Device,
  Engine,
  Load,
  Partition,
  PowerMode,
  Seconds,
  Telemetry,
  Warning,
  Workload,
} from "@partitune/schema";

/** A monotonic clock. Synthetic and replayed devices bring a virtual one, so that campaigns on them take no time. */
export interface Clock {
  /** What the clock is, for the record, e.g. `process.hrtime` or `virtual`. */
  readonly name: string;
  now(): Seconds;
  /** Calendar time, s since 1970: dates the record, and is the second clock against which a leap of `now` is noticed. */
  wall(): Seconds;
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
  /** When an open load wanted it asked for: latency counts from then. Absent in a closed load. */
  readonly intended?: Seconds;
  /** Time on the device by its own events, where the worker tells; `service` is by the worker's clock. */
  readonly device?: Seconds;
  /** Which of several processes ran it, or which of several batches in flight it was, from 0; absent where there is one. Those of different numbers overlap. */
  readonly process?: number;
  /** What became of it where it has no answer: refused or broken off, or given up at `end`. */
  readonly outcome?: "failed" | "timed-out";
  /** Why it has no answer, in words. */
  readonly problem?: string;
}

/** Counters that only rise, from an arbitrary start; a window is the difference of two. Null with a reason where one cannot be read. */
export interface Usage {
  readonly cpuSeconds: Seconds | null;
  /** High-water mark of the worker's memory since its start. */
  readonly memoryPeakBytes: number | null;
  /** True where that mark is of the batch that ran last alone, as some devices tell; absent: of all since the start. */
  readonly memoryOfBatch?: boolean;
  /** Energy of the whole device, not of this worker alone. */
  readonly energyJoules: number | null;
  /** Processor time the device spent on anything but this executor's workers and this process. */
  readonly otherCpuSeconds: Seconds | null;
  /** Times the device lowered its clocks for temperature or power. */
  readonly throttleEvents: number | null;
  /**
   * Time between two updates of the energy counter, or without one of the power readings, of which one may be lost at each end of a window; absent where
   * it is negligible.
   */
  readonly energyUpdateSeconds?: Seconds;
  /** Processes of others that use the device now; absent where it does not tell. */
  readonly otherProcesses?: number;
  /** What a server tells of all requests of the workload so far; absent where it keeps no statistics. */
  readonly server?: ServerUsage;
  /** Delay of the load generator's event loop, 99th percentile since the load began; absent where it does not generate any. */
  readonly loopDelaySeconds?: Seconds;
  /** Limits of the device's power mode as it reports them now; absent where it does not tell. */
  readonly powerMode?: PowerSettings;
  /** For each null: why. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** Totals that only rise, by a server's own clock. */
export interface ServerUsage {
  /** Requests that it answered, whatever their batch. */
  readonly requests: number;
  /** Time that they waited before execution. */
  readonly queueSeconds: Seconds;
  /** Time of their execution, inputs and outputs included. */
  readonly computeSeconds: Seconds;
}

/** A power mode by its settings alone. */
export type PowerSettings = Omit<PowerMode, "name">;

/** A workload, started and ready to run batches under one configuration. */
export interface Session {
  /** What set the partition, e.g. `cgroup-v1 quota, period 5 ms`. */
  readonly mechanism: string;
  /**
   * Runs one batch of `batch` requests. Of several processes, all are kept busy with such batches, and this gives the next one that ends.
   *
   * @throws WorkerFailure when the worker cannot; the session must then be closed
   */
  run(batch: number): Promise<Run>;
  usage(): Promise<Usage>;
  /**
   * What the device reported of itself from one time to another, each time on the executor's clock (whoever writes samples counts it from the first
   * batch). May begin a little earlier and end a little later. Absent, or undefined, where the device reports nothing.
   */
  telemetry?(from: Seconds, to: Seconds): Promise<Telemetry | undefined>;
  /** Stops the worker and puts back whatever the partition changed. A run in flight ends or fails. May be called twice. */
  close(): Promise<void>;
}

/** A device on which workloads can be started: the narrow interface between measuring and the world. */
export interface Executor {
  readonly name: string;
  readonly clock: Clock;
  /** The engines it can start. */
  readonly engines: readonly Engine["engine"][];
  /** Processes of one workload that it can run at once within a partition; absent: one. */
  readonly mostProcesses?: number;
  /** Loads that a session can generate; absent: one batch in flight, asked for by {@link Session.run}. */
  readonly loads?: readonly Load["kind"][];
  /** The device, and the facts that make two measurements comparable (processor, kernel, library versions, mechanism). */
  describe(): Promise<{
    readonly device: Device;
    readonly environment: Readonly<Record<string, string>>;
    /** What a reader of its numbers should know of the device, whatever is measured: part of every profile. */
    readonly warnings?: readonly Warning[];
  }>;
  /**
   * Checks that a workload can be started, and answers what its definition only points at, such as a digest of the model's file.
   * A workload with another answer is another workload.
   *
   * @throws InputError when a file is missing or the engine is not one of {@link engines}
   */
  identify(workload: Workload): Promise<string>;
  /**
   * Checks that a partition can be set here.
   *
   * @throws InputError with the reason when it cannot
   */
  admit(partition: Partition): Promise<void>;
  /**
   * Checks that this user may set a power mode here, as far as can be told without setting it. Absent: there is nothing to check.
   *
   * @throws InputError with the rights that are missing
   */
  admitMode?(powerMode: string): Promise<void>;
  /** Starts a worker that does nothing, by the same path, so that the cost of the path can be measured. */
  openNull(): Promise<Session>;
  /**
   * A session on which nothing runs, so that the empty device's power can be measured: of it only `usage` and `telemetry` are asked for. Absent where
   * the device tells of neither energy nor power.
   *
   * @param options.monitored  false to leave the device alone between two calls of `usage`, so that what sampling itself costs can be told; true when absent
   */
  openIdle?(options?: { readonly monitored?: boolean }): Promise<Session>;
  /**
   * Starts a workload under a configuration. Other batches than the configuration's may be run on the session.
   *
   * @param load  one batch in flight when absent. Under another, `run` gives the next batch that ends: of a closed load whichever of those in
   *   flight, of an open load in the order of their ends, each with the time at which it was intended
   * @throws WorkerFailure when it does not start
   */
  open(workload: Workload, config: Config, load?: Load): Promise<Session>;
  /** Puts back what the executor has changed on the device, and stops what it keeps running. May be called twice. Absent: nothing to put back. */
  close?(): Promise<void>;
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

/**
 * The device has gone or can no longer be trusted: nothing measured since counts, and nothing more can be measured. Ends a campaign, where a
 * {@link WorkerFailure} is a row of it.
 */
export class DeviceLost extends Error {
  override readonly name: string = "DeviceLost";
}

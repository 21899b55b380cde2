import type { Bytes, Seconds } from "@partitune/schema";

/** Version of the line protocol described in PROTOCOL.md. */
export const protocolVersion = 1;

/** Environment variable that asks a worker to pace itself: cores it may use on average. */
export const paceVariable = "PARTITUNE_PACE";

/** Environment variable that asks a worker to keep to so many multiprocessors of its card, by a green context. */
export const multiprocessorsVariable = "PARTITUNE_MULTIPROCESSORS";

/** What the host says to a worker. */
export type HostMessage =
  | { readonly type: "run"; readonly id: number; readonly batch: number }
  | { readonly type: "stats" }
  | { readonly type: "stop" };

/** An input of the network as the worker describes it; "N" stands for the batch dimension. */
export interface WorkerInput {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/** The worker can run batches. */
export interface ReadyMessage {
  readonly type: "ready";
  readonly protocol: number;
  readonly engine: string;
  readonly pid: number;
  readonly inputs?: readonly WorkerInput[];
  /** Cores it keeps to by pausing, when it was asked to. */
  readonly pace?: number;
  /** Multiprocessors that its green context got, when it was asked to keep to some: at least those. */
  readonly multiprocessors?: number;
  /** What it really runs on, where it can tell: a host that asked for a card refuses a worker that says "cpu". */
  readonly device?: "cpu" | "cuda";
  /** The user's own files that the network was made from, by paths from the worker's folder or absolute. */
  readonly files?: readonly string[];
}

/** A batch is done. */
export interface DoneMessage {
  readonly type: "done";
  readonly id: number;
  readonly service_s: Seconds;
  readonly cpu_s: Seconds | null;
  readonly end_s: Seconds;
  /** Time on the device by its own events. */
  readonly device_s?: Seconds;
}

/** What the worker has used since it began. */
export interface StatsMessage {
  readonly type: "stats";
  readonly cpu_s: Seconds | null;
  readonly memory_peak_bytes: Bytes | null;
  /** High-water mark of the device's memory that the worker itself has taken. */
  readonly device_memory_peak_bytes?: Bytes;
}

export type WorkerErrorCode = "bad-batch" | "out-of-memory" | "failed";

/** The worker cannot do what it was asked; without an id, it cannot start. */
export interface ErrorMessage {
  readonly type: "error";
  readonly id?: number;
  readonly code: WorkerErrorCode;
  readonly message: string;
}

export type WorkerMessage = ReadyMessage | DoneMessage | StatsMessage | ErrorMessage;

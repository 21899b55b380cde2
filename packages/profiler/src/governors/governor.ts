import type { Join } from "@partitune/emitter";
import type { Partition } from "@partitune/schema";

/** Whether a governor can set a partition here, and if not, why. */
export type Availability = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** A partition that is set up: how a worker enters it, and what is to be recorded. */
export interface PreparedPartition {
  /** What sets it, for the record, e.g. "cgroup-v1 quota 6 ms every 12 ms". */
  readonly mechanism: string;
  /** How the worker's process enters it before it becomes the worker. */
  readonly join: Join;
  /** Variables that the worker's environment needs, such as which card it sees and its share of it. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Multiprocessors that the worker takes for itself by a green context: the launch asks it to. */
  readonly multiprocessors?: number;
  /** Cores the worker must keep to by pausing, where nothing of the system holds it back: the launch asks it to. */
  readonly pace?: number;
  /** Threads that the partition can keep busy, at least 1. */
  readonly threads: number;
  /** The values set, with their units in the names. */
  readonly settings: Readonly<Record<string, number | string>>;
  /**
   * Whether it still holds for its workers, which have run by then. Absent: nothing of it can fail by itself.
   *
   * @throws WorkerFailure when it does not
   */
  check?(): Promise<void>;
  /** Puts everything back; whatever still runs inside is ended. May be called twice. */
  release(): Promise<void>;
}

/** One way to give a workload a piece of the processor, or of a card. */
export interface Governor {
  readonly name: string;
  /** Whether this is a partition of the kind that it sets. */
  sets(partition: Partition): boolean;
  /** Whether it can set a partition of its kind here. */
  available(partition: Partition): Promise<Availability>;
  /**
   * Sets up a partition that is available.
   *
   * @param processes  processes of a workload that will run in it at once; one when absent. What limits processes and not groups of them, as MPS does,
   *   divides the partition among them
   */
  prepare(partition: Partition, processes?: number): Promise<PreparedPartition>;
}

import type { Random } from "@partitune/numerics";
import type { Partition, PerSecond, Seconds } from "@partitune/schema";
import type { ArrivalTimes } from "../arrivalTimes.ts";

/** A service in numbers. */
export interface ServiceLoad {
  readonly name: string;
  readonly workload: string;
  /** Requests per second that arrive on average; 0 when none do. */
  readonly ratePerSecond: PerSecond;
  readonly deadline: Seconds;
}

/** A tenant in numbers: its processes, the batches they may form and how long each takes. */
export interface Member {
  readonly id: string;
  readonly workload: string;
  /** Index of its service. */
  readonly service: number;
  readonly maxBatch: number;
  readonly processes: number;
  /** Longest time that a free process with a request waits for a full batch. */
  readonly maxDelay: Seconds;
  /** Median service time of a batch of k requests at index k, 1 … maxBatch; index 0 is unused. */
  readonly times: Float64Array;
  /** Time until the process is free again, same shape. */
  readonly occupancy: Float64Array;
  /** Quantiles at (i + 0.5)/n of one batch's times relative to their medians, ascending. */
  readonly ratios: Float64Array;
  /** Starts the stream of the requests that are sent here; each call starts the same one. */
  readonly arrivals: () => ArrivalTimes;
  /** The tenant's own randomness: what others draw changes nothing here. */
  readonly random: Random;
}

/** A piece in numbers. Several members take turns on it. */
export interface Room {
  readonly gpu: string;
  readonly piece: string;
  readonly partition: Partition;
  readonly members: readonly Member[];
}

/** How the processes of an island slow each other down. */
export interface Contention {
  /**
   * Speed of every process relative to its table, from 0 on.
   *
   * @param sizes  per process, in the order of rooms, members and processes: requests in the batch it runs, 0 for none
   * @returns in the same order, what stands at idle processes has no meaning; not to be written to, and good until the next call
   */
  readonly speeds: (sizes: Int32Array, now: Seconds) => Float64Array;
  /** When speeds change next though no batch starts or ends; Infinity when they do not. Right after `speeds`. */
  readonly nextChange: () => Seconds;
}

/** Rooms that have to be played together because they slow each other down. */
export interface Island {
  readonly rooms: readonly Room[];
  /** Starts the state of one run; null when the rooms are but one, or none feels another. */
  readonly contention: (() => Contention) | null;
}

/** A fleet plan in numbers. */
export interface Fleet {
  readonly services: readonly ServiceLoad[];
  readonly islands: readonly Island[];
}

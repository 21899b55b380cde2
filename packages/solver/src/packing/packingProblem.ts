import type { Bytes, PerSecond, Seconds, Watts } from "@partitune/schema";
import type { Station } from "../station.ts";
import type { Card } from "./card.ts";
import type { PackingRuleName } from "./packingRules.ts";

/** Requests for one model that are to be answered in time. */
export interface Service {
  readonly name: string;
  /** The model, as the measured rows name it. */
  readonly model: string;
  readonly ratePerSecond: PerSecond;
  readonly deadlineSeconds: Seconds;
  /** Part of the requests that must keep the deadline, such as 0.99. */
  readonly percentile: number;
  /** Requests per second that are to be covered at least, beyond what rate and headroom ask for. */
  readonly leastCapacity?: PerSecond;
}

/** What was measured of one model on one kind of piece, with all processes busy. */
export interface PieceRow {
  readonly model: string;
  /** Name of the kind of piece. */
  readonly piece: string;
  /** Requests in one batch. */
  readonly batch: number;
  /** Processes of the model that run at the same time inside the piece. */
  readonly processes: number;
  /** Time that one batch of one process takes, s. */
  readonly latencySeconds: Seconds;
  /** Requests per second of all processes together; 0 when the configuration did not run. */
  readonly ratePerSecond: PerSecond;
  /** Memory of all processes together, bytes; null when not measured. */
  readonly memoryBytes: Bytes | null;
  /** Power that the busy piece adds to the card's idle power, W; null when not measured. */
  readonly powerWatts: Watts | null;
  /** Times of one process for every batch up to this row's, with their scatter; absent: on the line between the rows, without scatter. */
  readonly station?: Station;
}

/** Which services are to run on cards of one kind, what was measured, and what counts as safe. */
export interface PackingProblem {
  readonly card: Card;
  readonly services: readonly Service[];
  readonly rows: readonly PieceRow[];
  readonly rule: PackingRuleName;
  /** Capacity beyond the rate that every service is given, as a part of its rate; by default 0. */
  readonly headroom?: number;
}

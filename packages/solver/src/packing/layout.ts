import type { Bytes, PerSecond, Seconds, Watts } from "@partitune/schema";

/** A service on a piece, with the configuration it runs in. */
export interface Tenant {
  readonly service: string;
  readonly batch: number;
  readonly processes: number;
  /** Time of one batch, s: the tenant's turn when the piece is shared. */
  readonly latencySeconds: Seconds;
  /** Requests per second that it safely answers here, turns of the other tenants counted. */
  readonly ratePerSecond: PerSecond;
  /** Requests per second that are sent here; absent: in proportion to what the service's tenants can answer. */
  readonly routedPerSecond?: PerSecond;
  /** Memory of its processes together, bytes; null when not measured. */
  readonly memoryBytes: Bytes | null;
  /** Power it adds to the card's idle power while it runs, W; null when not measured. */
  readonly powerWatts: Watts | null;
}

/** A piece of a GPU. Several tenants take turns in the order given, one batch per process each. */
export interface LayoutPiece {
  readonly piece: string;
  readonly start: number;
  readonly tenants: readonly Tenant[];
}

export interface LayoutGpu {
  readonly pieces: readonly LayoutPiece[];
}

/** Which service runs on which piece of which GPU. */
export interface Layout {
  readonly card: string;
  readonly gpus: readonly LayoutGpu[];
}

/** Why a service cannot be served on any piece that the method uses. */
export interface Unservable {
  readonly service: string;
  /** The shortest time of one batch on any piece measured, s; null when nothing was measured. */
  readonly leastLatencySeconds: Seconds | null;
  readonly reason: string;
}

/** A method's answer. The number of GPUs is not limited, so a service fails only for itself. */
export type Packing =
  | { readonly status: "packed"; readonly layout: Layout }
  | { readonly status: "unservable"; readonly services: readonly Unservable[] };

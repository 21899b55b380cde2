import type { Seconds, ServedInference } from "@partitune/schema";
import type { ModeTally } from "./modeTally.ts";
import type { RequestQueue } from "./requestQueue.ts";
import type { RequestSource } from "./requestSource.ts";

/** Requests that are to be served together. */
export interface ReadyMinibatch {
  readonly size: number;
  /** How many of them, the oldest, were put off from an earlier window because too many had come. */
  readonly putOff: number;
}

/** Gathers the requests of one inference workload into minibatches, for as long as a period lasts. */
export interface Gatherer {
  readonly inference: ServedInference;
  readonly queue: RequestQueue;
  readonly tally: ModeTally;
  /** Minibatches that wait for the device, the oldest first. */
  readonly ready: ReadyMinibatch[];
  /** When it looks next whether a minibatch is ready; Infinity when it is closed. */
  readonly nextReady: Seconds;
  /** How many of the requests that are in no minibatch yet, the oldest, were put off because too many had come. */
  readonly putOff: number;
  readonly open: Seconds;
  /** When it closes: the first end of a window from the end of the period on. */
  readonly closeAt: Seconds;
  /** Does what is due until a time. */
  gatherUntil(now: Seconds): void;
  /** The first end of a window from a time on. */
  windowEndFrom(time: Seconds): Seconds;
}

/** What a gatherer starts from. */
export interface GathererInput {
  readonly inference: ServedInference;
  readonly source: RequestSource;
  readonly queue: RequestQueue;
  readonly tally: ModeTally;
  /** When its first window opens. */
  readonly open: Seconds;
  /** When the period ends; the window that is open then is completed. */
  readonly end: Seconds;
}

/** Times that differ by less, relative to the window and to the time itself, are one: they are sums. */
const rounding = 1e-9;
const clockRounding = 1e-14;

/** How much two times may differ and still be one. */
export function roundingAt(time: Seconds, unit: Seconds): Seconds {
  return rounding * unit + clockRounding * Math.abs(time);
}

/** Number of whole windows from one time that reach another, at least 0. */
export function windowsUntil(open: Seconds, time: Seconds, windowSeconds: Seconds): number {
  return Math.max(0, Math.ceil((time - open - roundingAt(time, windowSeconds)) / windowSeconds));
}

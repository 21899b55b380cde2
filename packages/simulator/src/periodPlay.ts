import type { Seconds, Watts } from "@partitune/schema";
import type { Background } from "./background.ts";
import { type Gatherer, roundingAt } from "./gatherer.ts";
import { sawLatency } from "./modeTally.ts";
import type { PowerMeter } from "./powerMeter.ts";

/** An inference workload that gathers minibatches and serves them. */
export interface Server {
  readonly gatherer: Gatherer;
  /** Time of its next minibatch relative to what is expected. */
  readonly draw: () => number;
}

/** The device: when it is free, and what it ran last. It goes on from one period to the next. */
export interface Device {
  now: Seconds;
  lastJob: string | null;
}

/** One period that is being played. */
export interface PeriodPlay {
  readonly device: Device;
  /** The more urgent first. */
  readonly servers: readonly Server[];
  readonly background: Background | null;
  readonly meter: PowerMeter;
  readonly idleWatts: Watts | null;
  readonly changeoverSeconds: Seconds;
  readonly end: Seconds;
  /** Whether everything stops at the end, served or not; otherwise what has been gathered is served first. */
  readonly stopsAtEnd: boolean;
}

/** When a server next looks for a ready minibatch; Infinity when all are closed. */
export function nextReady({ servers }: PeriodPlay): Seconds {
  let next = Number.POSITIVE_INFINITY;
  for (const { gatherer } of servers) if (gatherer.nextReady < next) next = gatherer.nextReady;
  return next;
}

/** When something from outside may next change what is to be done: a minibatch becomes ready, or the period ends. */
export function nextStop(play: PeriodPlay): Seconds {
  const end = play.end > play.device.now ? play.end : Number.POSITIVE_INFINITY;
  return Math.min(nextReady(play), end);
}

/** Gathers what has come until now. */
export function gatherAll({ servers, device }: PeriodPlay): void {
  for (const { gatherer } of servers) gatherer.gatherUntil(device.now);
}

/** Whether the period is over. @param working  whether a minibatch of an inference runs or is ready */
export function isOver(play: PeriodPlay, working: boolean): boolean {
  const { device, end, stopsAtEnd } = play;
  const ended = device.now >= end - roundingAt(end, 0);
  return ended && (stopsAtEnd || (!working && nextReady(play) === Number.POSITIVE_INFINITY));
}

/** Lets the device idle until a time. */
export function idleUntil({ device, meter, idleWatts }: PeriodPlay, until: Seconds): void {
  meter.spend(device.now, until, idleWatts, false, 0);
  device.now = until;
}

/** Hands out the oldest ready minibatch of a server, served at a time. */
export function answer({ gatherer }: Server, at: Seconds): void {
  const { queue, tally } = gatherer;
  const { size, putOff } = gatherer.ready.shift()!;
  tally.minibatches += 1;
  queue.serve(size, (arrival, i) => {
    const latency = at - arrival;
    tally.latencies.add(latency);
    sawLatency(tally, latency, i < putOff);
  });
}

import { leastSamples } from "@partitune/numerics";
import { InputError, type PerSecond, type Plan, type Seconds } from "@partitune/schema";
import { meanRate } from "./meanRate.ts";
import { promisedPercentiles } from "./promisedPercentiles.ts";
import type { Station, Window } from "./station.ts";

/** How long to simulate. */
export interface Length {
  /** Length of the window. */
  readonly durationSeconds?: Seconds;
  /** Requests that the slowest stream shall bring into the window, on average: another way to give its length. */
  readonly requests?: number;
  /** Time before the window that is left out; by default a tenth of the window. */
  readonly warmupSeconds?: Seconds;
}

/** A default window holds this many times the requests without which the highest promised percentile could not be bounded. */
const plenty = 40;
/** Requests of all streams together that a default window never exceeds: a third of a second of computing. */
const most = 5_000_000;

/**
 * Length of a window that is not told how long to be: it brings 21,120 requests of the slowest stream where the highest promised percentile
 * is the p99 at 99 % confidence, enough for it up to about half load.
 *
 * @param multiple  how many times as long; beyond 5 million requests in all it grows no further
 */
export function defaultDuration(plan: Plan, stations: readonly Station[], confidence: number, multiple = 1): Seconds {
  const rates = stations.map((station) => meanRate(station.arrivals));
  return plentyDuration(rates, promisedPercentiles(plan), confidence, multiple);
}

/**
 * The same for any streams.
 *
 * @param rates  requests per second, each above 0, at least one
 */
export function plentyDuration(
  rates: readonly PerSecond[],
  percentiles: readonly number[],
  confidence: number,
  multiple = 1,
): Seconds {
  const requests = multiple * plenty * leastSamples(Math.max(0.99, ...percentiles), { confidence });
  const total = rates.reduce((sum, rate) => sum + rate, 0);
  return Math.min(requests / Math.min(...rates), most / total);
}

/**
 * The window that the options ask for; without a length that of `defaultDuration`.
 *
 * @throws InputError when a number is out of range, or both a duration and a number of requests are given
 */
export function windowOf(plan: Plan, stations: readonly Station[], length: Length, confidence: number): Window {
  const rates = stations.map((station) => meanRate(station.arrivals));
  return windowFor(rates, length, () => defaultDuration(plan, stations, confidence));
}

/**
 * The window that the options ask for.
 *
 * @param rates  requests per second of the streams, each above 0, at least one
 * @param usual  its length where they give none
 * @throws InputError when a number is out of range, or both a duration and a number of requests are given
 */
export function windowFor(rates: readonly PerSecond[], length: Length, usual: () => Seconds): Window {
  const duration = durationOf(rates, length, usual);
  const start = length.warmupSeconds ?? duration / 10;
  if (!(start >= 0 && start < Number.POSITIVE_INFINITY))
    throw bad("warm-up", `must be a finite time from 0 s on, got ${start}`, "give seconds");
  return { start, end: start + duration };
}

function durationOf(rates: readonly PerSecond[], length: Length, usual: () => Seconds): Seconds {
  const { durationSeconds, requests } = length;
  if (durationSeconds !== undefined && requests !== undefined)
    throw bad("length", "is given both in seconds and in requests", "give one of them");
  if (durationSeconds !== undefined) return positive("duration", durationSeconds, "s");
  return requests === undefined ? usual() : positive("length", requests, "requests") / Math.min(...rates);
}

function positive(what: string, value: number, unit: string): number {
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw bad(what, `must be a finite number above 0, got ${value} ${unit}`, "give a longer run");
}

function bad(what: string, problem: string, advice: string): InputError {
  return new InputError({ what, problem, advice });
}

import { mergeRatios, type RatioNodes } from "./mergeRatios.ts";
import { poissonProbabilities } from "./poissonProbabilities.ts";
import { queueAtDepartures } from "./queueAtDepartures.ts";
import type { Station } from "./station.ts";

/** Time during which one batch occupies the server, as the requests that arrive in it see it. */
export interface BusyPeriod {
  /** Its length. */
  readonly seconds: number;
  /** Expected requests that arrive in such periods, per batch served. */
  readonly weight: number;
  /** Probability of i arrivals in it. */
  readonly arrivals: Float64Array;
  /** Probability that i requests were left waiting when it began; only a full batch leaves any. */
  readonly left: Float64Array;
}

/** A bulk server in its steady state, cut into the periods in which a request can arrive. */
export interface SteadyState {
  readonly rate: number;
  readonly station: Station;
  readonly ratios: RatioNodes;
  /** Expected requests that find the server free, per batch served. */
  readonly idleWeight: number;
  /** Expected requests per batch served. */
  readonly totalWeight: number;
  /** Requests left waiting when a full batch begins. */
  readonly leftByFullBatch: Float64Array;
  /** Periods of batches that leave nobody waiting, then of full ones, by batch and ratio. */
  readonly periods: readonly BusyPeriod[];
}

const nobody = Float64Array.of(1);
/** Periods that see a smaller part of the requests are left out. */
const negligible = 1e-8;
/** Nodes for the scatter of a busy period: the queue feels little more than its variance. */
const periodNodes = 6;

/**
 * The steady state of a greedy bulk server under Poisson arrivals: how often each kind of busy period occurs, and with what queue.
 *
 * @param station  service and occupancy by batch size
 * @param rate  requests per second, below what full batches can serve
 * @param tolerance  probability that may be lost beyond the longest queue listed
 */
export function findSteadyState(station: Station, rate: number, tolerance: number): SteadyState {
  const ratios = mergeRatios(station.ratios, periodNodes);
  const occupancies = station.occupancySeconds;
  const maxBatch = occupancies.length;
  const byRatio = occupancies.map((seconds) =>
    Array.from(ratios.ratios, (ratio) => poissonProbabilities(rate * seconds * ratio)),
  );
  const queue = queueAtDepartures(
    byRatio.map((rows) => mix(rows, ratios.weights)),
    tolerance,
  );
  const starts = startProbabilities(queue, maxBatch);
  const leftByFullBatch = leftBehind(queue, maxBatch);
  const periods = occupancies.flatMap((seconds, i) =>
    Array.from(ratios.ratios, (ratio, j) => ({
      seconds: seconds * ratio,
      weight: starts[i]! * ratios.weights[j]! * rate * seconds * ratio,
      arrivals: byRatio[i]![j]!,
      left: i + 1 < maxBatch ? nobody : leftByFullBatch,
    })),
  );
  const idleWeight = queue[0]!;
  const totalWeight = periods.reduce((sum, period) => sum + period.weight, idleWeight);
  return {
    rate,
    station,
    ratios,
    idleWeight,
    totalWeight,
    leftByFullBatch,
    periods: periods.filter((period) => period.weight > negligible * totalWeight),
  };
}

function mix(rows: readonly Float64Array[], weights: Float64Array): Float64Array {
  const mixed = new Float64Array(rows.reduce((length, row) => Math.max(length, row.length), 0));
  rows.forEach((row, j) => {
    for (let i = 0; i < row.length; i += 1) mixed[i]! += weights[j]! * row[i]!;
  });
  return mixed;
}

/** Probability that a batch of i + 1 begins. */
function startProbabilities(queue: Float64Array, maxBatch: number): Float64Array {
  const starts = new Float64Array(maxBatch);
  queue.forEach((probability, n) => {
    starts[Math.min(Math.max(n, 1), maxBatch) - 1]! += probability;
  });
  return starts;
}

/** What a full batch leaves waiting, given that one begins; an empty server waits for one request, which fills a batch of one. */
function leftBehind(queue: Float64Array, maxBatch: number): Float64Array {
  const left = queue.slice(maxBatch);
  if (maxBatch === 1) left[0] = (left[0] ?? 0) + queue[0]!;
  const total = left.reduce((sum, p) => sum + p, 0);
  return total > 0 ? left.map((p) => p / total) : nobody;
}

import type { Random } from "@partitune/numerics";
import type { Arrivals, PerSecond } from "@partitune/schema";

/** A stream of arrival times, made as it is read, so that its length costs no memory. */
export interface ArrivalTimes {
  /** Writes the next times, s, ascending, into `buffer` from index `from` to its end; Infinity once there are no more. */
  fill(buffer: Float64Array, from: number): void;
}

/**
 * Starts the arrival stream of one workload.
 *
 * - Poisson: exponential gaps.
 * - Periodic: arrival n at `offset + (n + jitter · u) / rate` with u uniform on [−1, 1), never before 0, put into order.
 * - Recorded: the times as they are. With `repeat` the recording starts again one mean gap after its last arrival, so its rate stays.
 *
 * @param arrivals  checked by {@link checkArrivals}
 * @param random  the stream's own randomness; recorded arrivals draw nothing
 */
export function arrivalTimes(arrivals: Arrivals, random: Random): ArrivalTimes {
  switch (arrivals.kind) {
    case "poisson":
      return poissonTimes(arrivals.ratePerSecond, random);
    case "periodic":
      return periodicTimes(arrivals, random);
    case "recorded":
      return recordedTimes(arrivals.times, arrivals.repeat);
  }
}

function poissonTimes(rate: PerSecond, random: Random): ArrivalTimes {
  let time = 0;
  return {
    fill(buffer, from) {
      random.fillExponential(buffer.subarray(from), rate);
      let now = time; // a local: writing a captured number costs an allocation each time
      for (let i = from; i < buffer.length; i++) {
        now += buffer[i]!;
        buffer[i] = now;
      }
      time = now;
    },
  };
}

function periodicTimes(arrivals: Extract<Arrivals, { kind: "periodic" }>, random: Random): ArrivalTimes {
  const { ratePerSecond, jitter, offsetSeconds } = arrivals;
  let n = 0;
  const next = (): number => {
    const shift = jitter === 0 ? 0 : jitter * (2 * random.next() - 1);
    return Math.max(0, offsetSeconds + (n++ + shift) / ratePerSecond);
  };
  // Shifts reach one period at most, so once arrival n + 1 is drawn only one time can still be overtaken: the latest so far.
  let latest = next();
  return {
    fill(buffer, from) {
      for (let i = from; i < buffer.length; i++) {
        const time = next();
        buffer[i] = Math.min(time, latest);
        latest = Math.max(time, latest);
      }
    },
  };
}

function recordedTimes(times: readonly number[], repeat: boolean): ArrivalTimes {
  const cycle = cycleSeconds(times);
  let i = 0;
  let start = 0;
  return {
    fill(buffer, from) {
      for (let slot = from; slot < buffer.length; slot++) {
        if (i === times.length && repeat) {
          start += cycle;
          i = 0;
        }
        buffer[slot] = i < times.length ? start + times[i++]! : Number.POSITIVE_INFINITY;
      }
    },
  };
}

/** Length of one turn of a repeated recording, s: its span and one mean gap. */
export function cycleSeconds(times: readonly number[]): number {
  return ((times[times.length - 1]! - times[0]!) * times.length) / (times.length - 1);
}

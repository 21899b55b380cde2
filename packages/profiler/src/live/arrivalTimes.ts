import type { Random } from "@partitune/numerics";
import type { Arrivals, Seconds } from "@partitune/schema";

/**
 * The times at which a stream's requests are due, ascending, from the start of the load on; without end, a recording that is
 * not repeated apart.
 *
 * - Poisson: exponential gaps.
 * - Periodic: request n at `offset + (n + jitter · u) / rate` with u uniform on [−1, 1), never before 0, put into order.
 * - Recorded: the times as they are. With `repeat` the recording starts again one mean gap after its last time.
 *
 * @param random  the stream's own randomness
 */
export function arrivalTimes(arrivals: Arrivals, random: Random): Iterator<Seconds, undefined> {
  switch (arrivals.kind) {
    case "poisson":
      return poissonTimes(arrivals.ratePerSecond, random);
    case "periodic":
      return periodicTimes(arrivals, random);
    case "recorded":
      return recordedTimes(arrivals.times, arrivals.repeat);
  }
}

function* poissonTimes(rate: number, random: Random): Generator<Seconds, undefined> {
  for (let time = random.exponential(rate); ; time += random.exponential(rate)) yield time;
}

function* periodicTimes(
  { ratePerSecond, jitter, offsetSeconds }: Extract<Arrivals, { kind: "periodic" }>,
  random: Random,
): Generator<Seconds, undefined> {
  // A shift reaches one period at most, so once request n + 1 is drawn only the latest one so far can still be overtaken.
  let latest = Number.NEGATIVE_INFINITY;
  for (let n = 0; ; n++) {
    const time = Math.max(0, offsetSeconds + (n + jitter * (2 * random.next() - 1)) / ratePerSecond);
    if (n > 0) yield Math.min(time, latest);
    latest = Math.max(time, latest);
  }
}

function* recordedTimes(times: readonly Seconds[], repeat: boolean): Generator<Seconds, undefined> {
  const last = times.length - 1;
  const cycle = ((times[last]! - times[0]!) * times.length) / last;
  for (let start = 0; ; start += cycle) {
    for (const time of times) yield start + time;
    if (!repeat) return undefined;
  }
}

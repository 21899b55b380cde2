import type { ModePeriodTrace, Seconds, Watts } from "@partitune/schema";

/** Integrates power over the whole windows of a period, and counts background minibatches by the part that runs inside. */
export interface PowerMeter {
  /** Adds a stretch of time to look at; what is spent outside of all is not counted. */
  look(begin: Seconds, end: Seconds): void;
  /**
   * A stretch of time in which the power was constant.
   *
   * @param watts  null when it is not known
   * @param busy  whether a minibatch ran
   * @param minibatches  how much of a background minibatch was done
   */
  spend(from: Seconds, to: Seconds, watts: Watts | null, busy: boolean, minibatches: number): void;
  /** A minibatch runs that draws so much. */
  drew(watts: Watts): void;
  readonly seconds: Seconds;
  readonly minibatches: number;
  summary(): Pick<ModePeriodTrace, "seconds" | "busyFraction" | "joules" | "meanWatts" | "peakWatts">;
}

export function powerMeter(): PowerMeter {
  let begin = 0;
  let end = 0;
  let seconds = 0;
  let joules = 0;
  let unknown = false;
  let busySeconds = 0;
  let peakWatts = 0;
  let done = 0;
  return {
    look(from, to) {
      begin = from;
      end = Math.max(from, to);
      seconds += end - begin;
    },
    spend(from, to, watts, busy, minibatches) {
      const inside = Math.min(to, end) - Math.max(from, begin);
      if (inside <= 0) return;
      if (watts === null) unknown = true;
      else joules += watts * inside;
      if (busy) busySeconds += inside;
      if (minibatches > 0) done += minibatches * (inside / (to - from));
    },
    drew(watts) {
      if (watts > peakWatts) peakWatts = watts;
    },
    get seconds() {
      return seconds;
    },
    get minibatches() {
      return done;
    },
    summary: () => ({
      seconds,
      busyFraction: seconds === 0 ? 0 : Math.min(1, busySeconds / seconds),
      joules: unknown ? null : joules,
      meanWatts: unknown || seconds === 0 ? null : joules / seconds,
      peakWatts,
    }),
  };
}

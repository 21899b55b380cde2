import type { PerSecond, Seconds } from "@partitune/schema";
import { batchThroughput } from "../batchThroughput.ts";
import { queue } from "../rules/queue.ts";
import type { Station } from "../station.ts";
import type { Service } from "./packingProblem.ts";

/** The highest rates at which one station meets deadlines. What was found for one deadline helps with the next. */
export interface QueueRates {
  /**
   * The highest rate at which the service's deadline is met under the queueing rule.
   *
   * @param worthwhile  a rate up to this is of no use: 0 is returned when no higher one meets the deadline
   * @returns a rate that meets the deadline, while one higher by 1/512 of the capacity does not, or is beyond the capacity; 0 when none does
   */
  highest(service: Pick<Service, "deadlineSeconds" | "percentile">, worthwhile?: PerSecond): PerSecond;
}

/** Rates that are looked at: multiples of this part of the capacity. */
const steps = 512;
/** Secants that are drawn before the interval is halved instead. */
const mostSecants = 8;

/** A rate that was tried, in steps, and the response time there; infinite where full batches cannot keep up. */
interface Tried {
  readonly step: number;
  readonly seconds: Seconds;
}

/** An end of the interval that holds the crossing, and how far it is from the deadline: 1/response − 1/deadline. */
interface End {
  readonly step: number;
  readonly slack: number;
}

/**
 * Searches rates of a station.
 *
 * Between a rate that meets the deadline and one that does not, the reciprocal of the response time is nearly straight, as in an M/D/1 queue near
 * saturation, so that the secant (Illinois method) soon finds where it crosses. It is known to be 0 at saturation, where it would take longest to
 * compute. The response grows with the rate, so that every rate ever tried narrows the interval.
 */
export function queueRates(station: Station): QueueRates {
  const { capacityPerSecond } = queue(station, {
    ratePerSecond: Number.POSITIVE_INFINITY,
    deadlineSeconds: 1,
    percentile: 0.5,
  });
  const step = capacityPerSecond / steps;
  const saturation = batchThroughput(station) / step;
  const byPercentile = new Map<number, Tried[]>();
  const respond = (tried: Tried[], percentile: number, at: number): Seconds => {
    const place = tried.findIndex((each) => each.step >= at);
    if (tried[place]?.step === at) return tried[place].seconds;
    const { responseSeconds } = queue(station, { ratePerSecond: at * step, deadlineSeconds: 1, percentile });
    const seconds = responseSeconds ?? Number.POSITIVE_INFINITY;
    tried.splice(place < 0 ? tried.length : place, 0, { step: at, seconds });
    return seconds;
  };
  return {
    highest({ deadlineSeconds, percentile }, worthwhile = 0) {
      const tried = byPercentile.get(percentile) ?? [];
      byPercentile.set(percentile, tried);
      const slackOf = (seconds: Seconds) => 1 / seconds - 1 / deadlineSeconds;
      const least = Math.floor(worthwhile / step + 1e-9) + 1;
      const tooSlow = tried.find(({ seconds }) => seconds > deadlineSeconds);
      if (least > steps || (tooSlow !== undefined && tooSlow.step <= least)) return 0;
      const met = tried.findLast(({ seconds, step: at }) => seconds <= deadlineSeconds && at >= least);
      const first = met ?? { step: least > 1 ? least : 0, seconds: station.serviceSeconds[0]! };
      const seconds = met === undefined && least > 1 ? respond(tried, percentile, least) : first.seconds;
      if (seconds > deadlineSeconds) return 0;
      const low: End = { step: first.step, slack: slackOf(seconds) };
      const high: End =
        tooSlow === undefined
          ? { step: saturation, slack: -1 / deadlineSeconds }
          : { step: tooSlow.step, slack: slackOf(tooSlow.seconds) };
      return step * crossing(low, high, (at) => slackOf(respond(tried, percentile, at)));
    },
  };
}

/** The last whole step, from `low` on, at which there is slack. */
function crossing(low: End, high: End, slackAt: (step: number) => number): number {
  let [from, to, side] = [low, high, 0];
  for (let secants = 0; from.step < Math.min(steps, Math.ceil(to.step) - 1); secants += 1) {
    const part = secants < mostSecants ? from.slack / (from.slack - to.slack) : 0.5;
    const between = Math.round(from.step + part * (to.step - from.step));
    const step = Math.max(from.step + 1, Math.min(between, Math.ceil(to.step) - 1, steps));
    const slack = slackAt(step);
    if (slack >= 0) {
      from = { step, slack };
      if (side === 1) to = { ...to, slack: to.slack / 2 };
      side = 1;
    } else {
      to = { step, slack };
      if (side === -1) from = { ...from, slack: from.slack / 2 };
      side = -1;
    }
  }
  return from.step;
}

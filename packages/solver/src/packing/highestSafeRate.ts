import type { PerSecond } from "@partitune/schema";
import { batchThroughput } from "../batchThroughput.ts";
import { queue } from "../rules/queue.ts";
import type { Station } from "../station.ts";
import type { Service } from "./packingProblem.ts";

/** Width of the interval at which the search stops, as a part of the capacity. */
const precision = 1 / 512;
/** Rates that are tried at most. */
const mostTries = 10;

/**
 * The highest rate at which a station meets the service's deadline under the queueing rule.
 *
 * As `sustainableRate`, with fewer tries: between a rate that meets the deadline and one that does not, the reciprocal of the response time is
 * nearly straight, as in an M/D/1 queue near saturation, so that the secant (Illinois method) soon finds where it crosses. It is known to be 0 at
 * saturation, where it would take longest to compute.
 *
 * @param worthwhile  a rate up to this is of no use: 0 is returned when it is not met
 * @returns a rate that was tried and meets the deadline, as a rule within 1/512 of the capacity of one that does not; 0 when none does
 */
export function highestSafeRate(station: Station, service: Service, worthwhile: PerSecond = 0): PerSecond {
  const { deadlineSeconds } = service;
  const slackAt = (ratePerSecond: PerSecond) => {
    const { responseSeconds } = queue(station, { ...service, ratePerSecond });
    return responseSeconds === null ? -1 / deadlineSeconds : 1 / responseSeconds - 1 / deadlineSeconds;
  };
  const { capacityPerSecond } = queue(station, { ...service, ratePerSecond: Number.POSITIVE_INFINITY });
  if (worthwhile > capacityPerSecond) return 0;
  const first = worthwhile > 0 ? slackAt(worthwhile) : 1 / station.serviceSeconds[0]! - 1 / deadlineSeconds;
  if (first < 0) return 0;
  let [low, lowSlack] = [worthwhile, first];
  let [high, highSlack] = [batchThroughput(station), -1 / deadlineSeconds];
  const width = precision * capacityPerSecond;
  for (let tries = 0, side = 0; tries < mostTries && high - low > width; tries += 1) {
    const crossing = low + (high - low) * (lowSlack / (lowSlack - highSlack));
    const within = Math.min(high - width / 2, Math.max(low + width / 2, crossing));
    const rate = Math.min(capacityPerSecond, within);
    const slack = slackAt(rate);
    if (slack >= 0) {
      if (rate === capacityPerSecond) return rate;
      [low, lowSlack] = [rate, slack];
      if (side === 1) highSlack /= 2;
      side = 1;
    } else {
      [high, highSlack] = [rate, slack];
      if (side === -1) lowSlack /= 2;
      side = -1;
    }
  }
  return low;
}

import type { Demand } from "@partitune/schema";
import type { Rule } from "./rules/rule.ts";
import type { Station } from "./station.ts";

/** Halvings of the interval; leaves 1/4096 of the capacity. */
const halvings = 12;

/**
 * The highest rate at which a station meets a deadline under a rule, by bisection.
 *
 * @returns requests per second, rounded down by at most 1/4096 of the capacity; 0 when no rate above that does
 */
export function sustainableRate(
  rule: Rule,
  station: Station,
  demand: Pick<Demand, "ratePerSecond" | "deadlineSeconds" | "percentile">,
): number {
  const meets = (ratePerSecond: number) => {
    const { responseSeconds } = rule(station, { ...demand, ratePerSecond });
    return responseSeconds !== null && responseSeconds <= demand.deadlineSeconds;
  };
  const { capacityPerSecond } = rule(station, demand);
  if (meets(capacityPerSecond)) return capacityPerSecond;
  let [low, high] = [0, capacityPerSecond];
  for (let step = 0; step < halvings; step += 1) {
    const middle = (low + high) / 2;
    if (meets(middle)) low = middle;
    else high = middle;
  }
  return low;
}

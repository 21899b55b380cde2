import type { Arrivals, PerSecond, Plan } from "@partitune/schema";
import { meanRate } from "./meanRate.ts";
import { toStations } from "./toStations.ts";

/** Requests per second that each workload of a plan is sent on average, all its placements together. */
export function offeredRates(
  plan: Plan,
  arrivals: Readonly<Record<string, Arrivals>> = {},
): ReadonlyMap<string, PerSecond> {
  const rates = new Map<string, PerSecond>();
  for (const { workload, arrivals: own } of toStations(plan, arrivals, 0)) {
    rates.set(workload, (rates.get(workload) ?? 0) + meanRate(own));
  }
  return rates;
}

import type { Random } from "@partitune/numerics";
import type { Arrivals, ModeTurns, Seconds } from "@partitune/schema";
import { arrivalTimes } from "./arrivalTimes.ts";
import { type RateSegment, type RequestSource, ratedSource, streamedSource } from "./requestSource.ts";
import { type Placing, worstCaseSource } from "./worstCaseSource.ts";

/**
 * How the requests of a mode plan arrive.
 *
 * - `worst-case`: at most a minibatch's worth in every window, as badly placed as possible (evenly where minibatches are served as soon as
 *   they are full, since nothing is promised otherwise);
 * - `even`, `poisson`: at the stated rates;
 * - by workload: as given; a workload that is not named comes at its worst.
 */
export type ModeArrivals = "worst-case" | "even" | "poisson" | Readonly<Record<string, Arrivals>>;

/** A period of a schedule, or all of a plan. */
export type Period = ModeTurns & { readonly seconds: Seconds };

/** The request stream of one workload over all periods. */
export function sourceOf(
  workload: string,
  arrivals: ModeArrivals,
  periods: readonly Period[],
  placing: Placing,
  random: Random,
): RequestSource {
  if (typeof arrivals === "object" && Object.hasOwn(arrivals, workload))
    return streamedSource(arrivalTimes(arrivals[workload]!, random));
  if (arrivals === "even") return ratedSource(segmentsOf(workload, periods), () => 1, random.next());
  if (arrivals === "poisson") return ratedSource(segmentsOf(workload, periods), () => random.exponential(1));
  return worstCaseSource(placing, random);
}

/** The stated rates over time; the last one lasts. */
function segmentsOf(workload: string, periods: readonly Period[]): readonly RateSegment[] {
  let until = 0;
  return periods.map(({ seconds, inferences }, i) => {
    until += seconds;
    const rate = inferences.find((each) => each.workload === workload)?.ratePerSecond ?? 0;
    return { until: i === periods.length - 1 ? Number.POSITIVE_INFINITY : until, rate };
  });
}

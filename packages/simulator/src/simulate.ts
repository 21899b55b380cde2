import type { Arrivals, Made, Plan, Trace } from "@partitune/schema";
import { checkConfidence } from "./checkConfidence.ts";
import { promisedPercentiles } from "./promisedPercentiles.ts";
import { runIsolated } from "./runIsolated.ts";
import { runShared } from "./runShared.ts";
import { summariseTally } from "./summariseTally.ts";
import { type Sharing, toSpeeds } from "./toSpeeds.ts";
import { toStations } from "./toStations.ts";
import { type Length, windowOf } from "./windowOf.ts";

export interface SimulateOptions extends Length {
  /** Fixes everything random. The same seed gives the same trace, and another placement in the plan changes nothing for the first ones. */
  readonly seed: string | number;
  /** Workload name or placement id → how its requests arrive; by default Poisson at the demanded rate. */
  readonly arrivals?: Readonly<Record<string, Arrivals>>;
  /** By default each placement has its partition to itself. */
  readonly sharing?: Sharing;
  /** Coverage of the intervals, 0 < confidence < 1; by default 0.99. */
  readonly confidence?: number;
  /** How the trace came to be; by default as the plan, since nothing else went into it. The seed is always that of the simulation. */
  readonly made?: Made;
}

/**
 * Plays a plan against request arrivals.
 *
 * Each placement is a station: requests queue in order of arrival, a free worker takes min(batch, waiting), after waiting up to
 * `maxDelaySeconds` for a full batch. A batch takes its median service time times a ratio drawn from the placement's distribution, and keeps
 * the worker occupied for its occupancy times the same ratio.
 *
 * Memory does not grow with the number of requests: arrivals are made as they are needed and responses go into sketches, so quantiles carry
 * a relative error of up to 0.2 %, which the intervals include. Intervals are of the single run, by batch means.
 *
 * @throws InputError when the plan's service table has gaps, arrivals are missing, or an option is out of range
 * @see responseEstimates for the intervals, sharingLaws for placements that slow each other down
 * @example simulate(plan, { seed: 1, durationSeconds: 600 }).streams[0].response.p99
 */
export function simulate(plan: Plan, options: SimulateOptions): Trace {
  const { seed, arrivals = {}, sharing = { law: "isolated" }, confidence = 0.99, made = plan.made } = options;
  checkConfidence(confidence);
  const stations = toStations(plan, arrivals, seed);
  const window = windowOf(plan, stations, options, confidence);
  const speeds = toSpeeds(plan, stations, sharing);
  const tallies =
    speeds === null ? stations.map((station) => runIsolated(station, window)) : runShared(stations, window, speeds);
  return {
    kind: "trace",
    version: 1,
    made: { ...made, seed },
    source: "simulated",
    confidence,
    durationSeconds: window.end - window.start,
    warmupSeconds: window.start,
    streams: stations.map((station, i) =>
      summariseTally(station, tallies[i]!, promisedPercentiles(plan, station.workload), confidence),
    ),
    synthetic: plan.synthetic,
  };
}

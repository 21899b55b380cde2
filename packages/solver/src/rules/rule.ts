import type { Demand } from "@partitune/schema";
import type { Station } from "../station.ts";

/** What a feasibility rule says of a station under a demand. */
export interface RuleVerdict {
  /** Response time at the demand's percentile, as the rule understands it, s; null when the rate is beyond what is sustained. */
  readonly responseSeconds: number | null;
  /** Requests per second the rule lets the station sustain, whatever the deadline. */
  readonly capacityPerSecond: number;
}

/** Says how long requests take on a station and how many it sustains. A choice is admitted when both suit the demand. */
export type Rule = (
  station: Station,
  demand: Pick<Demand, "ratePerSecond" | "deadlineSeconds" | "percentile">,
) => RuleVerdict;

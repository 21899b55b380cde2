import type { Estimate, PerSecond, Seconds, StreamTrace, Verdict } from "@partitune/schema";

/** What a judgement asks of a stream. */
export type JudgedStream = Pick<StreamTrace, "requests" | "failed" | "saturated" | "distribution">;

/** What is known about one promise from one source: the runs over all seeds, or the deployed plan. */
export interface Evidence {
  readonly source: "simulated" | "measured";
  /** The promised metric; null where it could not be told. */
  readonly estimate: Estimate | null;
  /** The streams of the workload, or of the service, in all runs. */
  readonly streams: readonly JudgedStream[];
  /** Independent runs. */
  readonly runs: number;
  /** Total length of the runs' windows. */
  readonly seconds: Seconds;
  /** Requests per second that were sent to the workload, on average; null when it is only known by counting them. */
  readonly ratePerSecond: PerSecond | null;
  readonly confidence: number;
}

/** A verdict and the reason for it, in words with numbers and units. */
export interface Finding {
  readonly verdict: Verdict;
  readonly why: string;
}

import type { Seconds } from "@partitune/schema";
import type { Run } from "./executor.ts";

/** Latency of a run: from its intended start to its end under an open load, else its service time. One that was given up took at least so long. */
export function runLatency({ end, service, intended }: Run): Seconds {
  return intended === undefined ? service : end - intended;
}

/** Latencies of the runs that were answered or given up, in their order: one that failed says nothing of how long an answer takes. */
export function runLatencies(runs: readonly Run[]): readonly Seconds[] {
  return runs.filter(({ outcome }) => outcome !== "failed").map(runLatency);
}

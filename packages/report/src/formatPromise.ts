import type { PlanPromise } from "@partitune/schema";
import { formatPercentile, formatQuantity, unitOf } from "./formatQuantity.ts";

const subjects: Readonly<Record<PlanPromise["metric"], string>> = {
  response_s: "response",
  throughput_per_s: "throughput",
  memory_bytes: "memory",
  share_fraction: "share of the device",
};

/** What is promised, without its subject, e.g. `p99 response ≤ 50 ms`. */
export function formatPromise({ metric, percentile, relation, target }: PlanPromise): string {
  const what = percentile === null ? subjects[metric] : `${formatPercentile(percentile)} ${subjects[metric]}`;
  return `${what} ${relation === "at-most" ? "≤" : "≥"} ${formatQuantity(target, unitOf(metric))}`;
}

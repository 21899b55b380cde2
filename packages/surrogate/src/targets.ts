import type { Metric } from "@partitune/schema";

/**
 * What the models are fitted to. Laws of time and energy hold per batch, so metrics per request are turned into theirs: throughput into
 * seconds per batch, energy per request into joules per batch. Ratios between measured and predicted stay what they are.
 */
export function toTarget(metric: Metric, value: number, batch: number): number {
  if (metric === "throughput_per_s") return batch / value;
  return metric === "energy_per_request_j" ? value * batch : value;
}

/** The inverse of {@link toTarget}. */
export function fromTarget(metric: Metric, target: number, batch: number): number {
  if (metric === "throughput_per_s") return batch / target;
  return metric === "energy_per_request_j" ? target / batch : target;
}

import { invalidatingFlags, type Measurement, measurementFlags } from "@partitune/schema";
import type { ModeRun, ModeRunOutcome } from "./modeMeasuring.ts";

/** What a measurement says a run costs: median time and mean power; or why it does not tell, never a number that cannot be trusted. */
export function rowOutcome({ outcome, flags }: Measurement, { workload }: Pick<ModeRun, "workload">): ModeRunOutcome {
  if (outcome.kind !== "measured") return { failed: outcome.reason };
  const invalid = flags.find((flag) => invalidatingFlags.includes(flag));
  if (invalid !== undefined) return { failed: measurementFlags[invalid] };
  const { latency, powerMeanWatts, nulls } = outcome.results;
  if (powerMeanWatts === null) return { failed: nulls.power_mean_w ?? "its power is not known" };
  if (powerMeanWatts === 0) return { failed: "a power of 0 W was measured, which no device draws" };
  if (workload === null) return { powerWatts: powerMeanWatts };
  if (latency.p50 === null) return { failed: nulls.latency_p50_s ?? "its median time is not known" };
  if (latency.p50.value === 0) return { failed: "a time of 0 s was measured, which no minibatch takes" };
  return { timeSeconds: latency.p50.value, powerWatts: powerMeanWatts };
}

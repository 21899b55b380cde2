import { leastSamples } from "@partitune/numerics";
import { type Config, type Demand, InputError, type Predict } from "@partitune/schema";

/** What demands are scaled from. */
export interface DemandScale {
  /** Workload → the part of the device meant for it, and the batch sizes it was measured with. */
  readonly parts: Readonly<Record<string, { readonly share: number; readonly batches: readonly number[] }>>;
  readonly predict: Predict;
  /** Rate demanded, of the capacity of the workload's part: high enough to queue, low enough to keep a deadline. */
  readonly load: number;
  /** How long the plan will be measured: a percentile that this time cannot show is not demanded. */
  readonly liveSeconds: number;
}

/** Deadline, in service times of a single request on that part. */
const deadlineFactor = 8;
/** Requests in a queue are correlated; about this part of them counts as independent samples. */
const independentPart = 0.3;
const percentiles = [0.99, 0.95, 0.9] as const;

/**
 * Demands scaled to what the machine holds: each workload asks for a part of the capacity of its share, within eight service times, at the
 * highest percentile that the live measurement can judge. Capacity and service time are the unfavourable ends of their intervals, since
 * plans are made with those: a machine that was measured badly is asked for less.
 *
 * @throws InputError when nothing is known about a workload
 */
export function scaleDemands({ parts, predict, load, liveSeconds }: DemandScale): readonly Demand[] {
  return Object.entries(parts).map(([workload, { share, batches }]) => {
    const expected = batches.map((batch) =>
      expectedAt({ workload, powerMode: "default", partition: { kind: "cpu-share", share }, batch }, predict),
    );
    const ratePerSecond = twoDigits(load * Math.max(...expected.map(({ throughput }) => throughput)));
    const deadlineSeconds = twoDigits(deadlineFactor * expected[0]!.latency);
    const independent = ratePerSecond * liveSeconds * independentPart;
    const percentile = percentiles.find((p) => leastSamples(p) <= independent) ?? 0.5;
    return { workload, ratePerSecond, deadlineSeconds, percentile };
  });
}

function expectedAt(config: Config, predict: Predict): { readonly throughput: number; readonly latency: number } {
  const metrics = predict(config)?.metrics;
  if (metrics?.throughput_per_s !== undefined && metrics.latency_p50_s !== undefined) {
    const { throughput_per_s: throughput, latency_p50_s: latency } = metrics;
    return { throughput: throughput.low ?? throughput.value, latency: latency.high ?? latency.value };
  }
  throw new InputError({
    what: `workload "${config.workload}"`,
    problem: "has too few valid measurements to predict its capacity",
    advice: "measure it again on a quieter machine",
  });
}

function twoDigits(value: number): number {
  return Number(value.toPrecision(2));
}

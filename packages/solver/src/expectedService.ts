import { cumulativeMaximum, interpolate } from "@partitune/numerics";
import type { Config, Predict, Prediction, ServiceTable } from "@partitune/schema";

/** What is expected of a worker, with its uncertainty as one number. */
export interface ExpectedService {
  readonly table: ServiceTable;
  /** Relative excess of the intervals' upper ends over the expected times, the largest over all batch sizes; null when one is open. */
  readonly excess: number | null;
  /** The prediction of the configuration itself. */
  readonly prediction: Prediction;
}

/** A throughput that is the reciprocal of the time differs from it by rounding. */
const rounding = 1e-9;

interface Known {
  readonly batch: number;
  readonly service: number;
  readonly occupancy: number;
  readonly excess: number | null;
}

/**
 * Expected service of a configuration for every batch size from 1 to its own.
 *
 * A batch size that cannot be predicted lies on the line between those that can; below the smallest it takes as long as that one.
 * Times are made non-decreasing: a smaller batch is not slower. A worker is occupied for as long as its throughput says, when that
 * is longer than its service.
 *
 * @returns undefined when the configuration itself cannot be predicted
 */
export function expectedService(predict: Predict, config: Config): ExpectedService | undefined {
  const prediction = predict(config);
  if (prediction === undefined) return undefined;
  const full = knownOf(prediction, config.batch);
  if (full === undefined) return undefined;
  const known: Known[] = [];
  for (let batch = 1; batch < config.batch; batch += 1) {
    const smaller = predict({ ...config, batch });
    if (smaller === undefined || (smaller.extrapolated && !prediction.extrapolated)) continue;
    const row = knownOf(smaller, batch);
    if (row !== undefined) known.push(row);
  }
  known.push(full);
  return { table: fillTable(known, prediction.serviceRatios), excess: largestExcess(known), prediction };
}

function knownOf({ metrics, serviceRatios }: Prediction, batch: number): Known | undefined {
  const latency = metrics.latency_p50_s;
  if (latency === undefined || !(latency.value > 0)) return undefined;
  const service = latency.value;
  const excess = latency.high === null ? null : Math.max(0, latency.high / service - 1);
  const throughput = metrics.throughput_per_s;
  const busy = throughput === undefined ? 0 : medianOccupancy(batch, throughput.value, serviceRatios);
  if (throughput === undefined || busy <= service * (1 + rounding))
    return { batch, service, occupancy: service, excess };
  const slower = throughput.low === null || throughput.low <= 0 ? null : throughput.value / throughput.low - 1;
  return {
    batch,
    service,
    occupancy: busy,
    excess: excess === null || slower === null ? null : Math.max(excess, slower),
  };
}

/** The median occupancy whose mean, with its scatter, gives the throughput. */
function medianOccupancy(batch: number, throughput: number, ratios: readonly number[]): number {
  if (!(throughput > 0)) return 0;
  return (batch * ratios.length) / (throughput * ratios.reduce((sum, ratio) => sum + ratio, 0));
}

function fillTable(known: readonly Known[], ratios: readonly number[]): ServiceTable {
  const at = known.map((row) => row.batch);
  const service = cumulativeMaximum(known.map((row) => row.service));
  const occupancy = cumulativeMaximum(known.map((row) => row.occupancy));
  const largest = at[at.length - 1]!;
  return {
    batches: Array.from({ length: largest }, (_, i) => ({
      batch: i + 1,
      serviceSeconds: interpolate(at, service, i + 1),
      occupancySeconds: interpolate(at, occupancy, i + 1),
    })),
    ratios,
  };
}

function largestExcess(known: readonly Known[]): number | null {
  return known.reduce<number | null>(
    (most, row) => (most === null || row.excess === null ? null : Math.max(most, row.excess)),
    0,
  );
}

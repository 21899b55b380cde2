import {
  type Config,
  isValid,
  type Measurement,
  type MeasurementResults,
  type Profile,
  partitionFraction,
  type Utilisations,
} from "@partitune/schema";
import { mean } from "./mean.ts";

/** A measurement alone, as far as it tells what the workload uses. */
interface SoloRow {
  readonly batch: number;
  readonly fraction: number;
  readonly results: MeasurementResults;
}

/** What can be read off a row that hints at the use of what is shared; null where the row does not hold it. */
const readers: Readonly<Record<string, (row: SoloRow, idleWatts: number) => number | null>> = {
  power: ({ results }, idle) => (results.powerMeanWatts === null ? null : Math.max(0, results.powerMeanWatts - idle)),
  processor: ({ results }) => (results.cpuSeconds === null ? null : results.cpuSeconds / results.latency.mean),
  memory: ({ results, batch }) =>
    results.memoryPeakBytes === null ? null : (results.memoryPeakBytes * results.throughputPerSecond) / batch,
};

/**
 * What each workload uses of the card as far as its measurements alone tell, by batch; a stand-in for counters of cache and memory traffic.
 * Every utilisation is relative to the greatest of the profile:
 *
 * - power: power above idle (that of an idle workload, or the least measured);
 * - processor: processor time per second;
 * - memory: peak memory times batches per second, as each batch reads its weights at least once;
 * - saturation: 1 − (gain in throughput / gain in size) from the smallest piece measured to the largest: how little of it is
 *   the computing of its own piece.
 *
 * The values are those of the largest piece measured, divided by its part of the card, in the power modes and with as many processes as
 * workloads ran beside others with, where they did. A utilisation that is not known of every workload is
 * left out.
 */
export function profileUtilisations(profile: Profile): Utilisations {
  const rows = soloRows(profile);
  const idle = idleWatts(profile, [...rows.values()].flat());
  const raw = [...rows].map(([workload, own]) => ({ workload, batches: batchRows(own, idle) }));
  const all = raw.flatMap(({ batches }) => batches.map(({ values }) => values));
  const names = ["power", "processor", "memory", "saturation"].filter(
    (name) =>
      all.length > 0 && all.every((values) => values[name] !== undefined) && all.some((values) => values[name]! > 0),
  );
  const greatest = Object.fromEntries(names.map((name) => [name, Math.max(...all.map((values) => values[name]!))]));
  const relative = (values: Values) => Object.fromEntries(names.map((name) => [name, values[name]! / greatest[name]]));
  return Object.fromEntries(
    raw.map(({ workload, batches }) => [
      workload,
      batches.map(({ batch, values }) => ({ batch, values: relative(values) })),
    ]),
  );
}

type Values = Readonly<Record<string, number | undefined>>;

function soloRows({ measurements, device, workloads }: Profile): Map<string, SoloRow[]> {
  const idle = new Set(workloads.filter(({ task }) => task === "idle").map(({ name }) => name));
  const alike = settingsBeside(measurements);
  const usable = measurements.filter(
    (row) =>
      isValid(row) &&
      row.point.neighbours.length === 0 &&
      !idle.has(row.point.config.workload) &&
      (alike.size === 0 || alike.has(settingOf(row.point.config))),
  );
  const rows = usable.map((row) => ({
    workload: row.point.config.workload,
    batch: row.point.config.batch,
    fraction: partitionFraction(row.point.config.partition, device),
    results: resultsOf(row),
  }));
  return Map.groupBy(rows, ({ workload }) => workload);
}

/** Power modes and numbers of processes in which workloads were measured beside others. */
function settingsBeside(measurements: readonly Measurement[]): ReadonlySet<string> {
  const beside = measurements.filter(({ point }) => point.neighbours.length > 0);
  return new Set(beside.map(({ point }) => settingOf(point.config)));
}

function settingOf({ powerMode, processes = 1 }: Config): string {
  return JSON.stringify([powerMode, processes]);
}

function resultsOf({ outcome }: Measurement): MeasurementResults {
  if (outcome.kind !== "measured") throw new RangeError("a valid measurement has results");
  return outcome.results;
}

function idleWatts({ measurements, workloads }: Profile, rows: readonly SoloRow[]): number {
  const idle = new Set(workloads.filter(({ task }) => task === "idle").map(({ name }) => name));
  const ofIdle = measurements.filter((row) => isValid(row) && idle.has(row.point.config.workload)).map(resultsOf);
  const watts = (ofIdle.length > 0 ? ofIdle : rows.map(({ results }) => results)).map((each) => each.powerMeanWatts);
  return Math.min(...watts.filter((value) => value !== null));
}

function batchRows(rows: readonly SoloRow[], idle: number): { readonly batch: number; readonly values: Values }[] {
  const byBatch = [...Map.groupBy(rows, ({ batch }) => batch)].sort(([a], [b]) => a - b);
  return byBatch.map(([batch, own]) => ({ batch, values: valuesOf(own, idle) }));
}

function valuesOf(rows: readonly SoloRow[], idle: number): Values {
  const fractions = rows.map(({ fraction }) => fraction);
  const [least, most] = [Math.min(...fractions), Math.max(...fractions)];
  const largest = rows.filter(({ fraction }) => fraction === most);
  const smallest = rows.filter(({ fraction }) => fraction === least);
  const read = Object.entries(readers).map(([name, reader]) => {
    const values = largest.map((row) => reader(row, idle));
    return [name, values.includes(null) ? undefined : mean(values.map((value) => value!)) / most];
  });
  const rate = (some: readonly SoloRow[]) => mean(some.map(({ results }) => results.throughputPerSecond));
  const gain = rate(largest) / rate(smallest);
  const saturation = least < most && Number.isFinite(gain) ? Math.max(0, 1 - gain / (most / least)) : undefined;
  return { ...Object.fromEntries(read), saturation: saturation === undefined ? undefined : saturation / most };
}

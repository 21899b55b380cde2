import type { Seconds, Telemetry } from "@partitune/schema";
import type { MeterRow } from "./meterProtocol.ts";

/** What stands in the telemetry where reasons could not be read. */
const unknownReasons = "unknown";

/**
 * Readings in columns, from one time to another. Times stay on the clock of the readings. Where nothing could be read for longer than `longestGap`, rows
 * without values stand at both ends of the hole, so that nobody draws a line across it.
 */
export function toTelemetry(rows: readonly MeterRow[], from: Seconds, to: Seconds, longestGap: Seconds): Telemetry {
  const all = withHoles(rows, from, to, longestGap);
  return {
    time_s: all.map(({ time }) => time),
    power_w: all.map(({ powerWatts }) => powerWatts),
    gpu_clock_hz: all.map(({ gpuHertz }) => gpuHertz),
    memory_clock_hz: all.map(({ memoryHertz }) => memoryHertz),
    temperature_c: all.map(({ temperatureCelsius }) => temperatureCelsius),
    busy_fraction: all.map(({ busyFraction }) => busyFraction),
    clock_reasons: all.map(({ reasons }) => (reasons === null ? unknownReasons : reasons.join("+"))),
  };
}

function withHoles(rows: readonly MeterRow[], from: Seconds, to: Seconds, longestGap: Seconds): readonly MeterRow[] {
  const all: MeterRow[] = [];
  let last = from - longestGap / 2;
  for (const [i, row] of rows.entries()) {
    if (row.time - last > longestGap && (i > 0 || row.time > from))
      all.push(silence(last + longestGap / 2), silence(row.time - longestGap / 2));
    all.push(row);
    last = row.time;
  }
  if (to - last > longestGap) all.push(silence(last + longestGap / 2), silence(to));
  return all;
}

function silence(time: Seconds): MeterRow {
  return {
    time,
    powerWatts: null,
    averageWatts: null,
    instantWatts: null,
    gpuHertz: null,
    memoryHertz: null,
    temperatureCelsius: null,
    busyFraction: null,
    reasons: null,
    energyJoules: null,
    unread: {},
  };
}

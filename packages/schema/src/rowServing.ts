import type { ServingReadings } from "./measurement.ts";
import { type NumberColumnName, servingColumnNames } from "./measurementColumns.ts";
import { numberSlot as at } from "./rowNumbers.ts";

/**
 * What a load and the server behind it told of a measured row; undefined when the row says nothing of it.
 *
 * @param values  the row's numbers, checked and filled
 */
export function rowServing(values: Float64Array): ServingReadings | undefined {
  if (slots.every((slot) => Number.isNaN(values[slot]))) return undefined;
  const value = (name: NumberColumnName) => {
    const number = values[at[name]]!;
    return Number.isNaN(number) ? null : number;
  };
  return {
    offeredPerSecond: value("offered_per_s"),
    latenessSeconds: value("lateness_p99_s"),
    loopDelaySeconds: value("loop_delay_p99_s"),
    queueSeconds: value("server_queue_mean_s"),
    computeSeconds: value("server_compute_mean_s"),
  };
}

const slots = servingColumnNames.map((name) => at[name]);

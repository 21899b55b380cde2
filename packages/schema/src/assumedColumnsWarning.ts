import type { MeasurementColumn } from "./measurementColumns.ts";
import type { Warning } from "./warning.ts";

/** Says that a table lacks columns and what stands in their place. */
export function assumedColumnsWarning(file: string, absent: readonly MeasurementColumn[]): Warning {
  return {
    code: "assumed-columns",
    where: file,
    cause: `the table lacks ${absent.join(", ")}; rows count as valid, of one round and one sample, the median stands for the mean`,
    advice: "add the columns that are known, above all samples_count, latency_p50_low_s and latency_p50_high_s",
  };
}

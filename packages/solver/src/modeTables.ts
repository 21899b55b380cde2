import type { Warning } from "@partitune/schema";
import type { MeasurementNoise } from "./measurementNoise.ts";
import type { IdleRow, InferenceRow } from "./problems/rows.ts";

/** What one run costs in a power mode: the median of its repeats. */
export interface MeasuredRow extends InferenceRow {
  /** Valid measurements it is the median of, at least 1. */
  readonly repeats: number;
}

/** The costs of one workload by power mode and minibatch. */
export interface ModeTable {
  /** What the seconds of a row are: the time of a minibatch, or of a whole epoch. */
  readonly run: "batch" | "epoch";
  readonly rows: readonly MeasuredRow[];
}

/** Measurements that are not in the tables, and why. */
export interface OmittedRows {
  readonly reason: string;
  readonly count: number;
}

/** What is known of a device's power modes, by workload: the input of the exact problems. */
export interface ModeTables {
  readonly training: ReadonlyMap<string, ModeTable>;
  readonly inference: ReadonlyMap<string, ModeTable>;
  /** Power of the idle device by mode; empty when it was not measured. */
  readonly idle: readonly IdleRow[];
  /** How one measurement scatters, from repeats where there are any. */
  readonly noise: MeasurementNoise;
  readonly omitted: readonly OmittedRows[];
  readonly warnings: readonly Warning[];
}

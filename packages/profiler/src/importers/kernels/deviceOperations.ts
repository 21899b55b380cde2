/**
 * Operations of one device (kernels, copies, fills), column by column, in any order; all columns have one entry per operation.
 * Times are whole ns on one clock, counted from any origin.
 */
export interface DeviceOperations {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** When the host launched it; NaN when the trace does not say. */
  readonly launches: Float64Array;
  readonly streams: Float64Array;
  /** Index into a list of identities. */
  readonly identities: Int32Array;
}

/** From `start` on, before `end`: whole ns on the clock of the operations. */
export interface StepWindow {
  readonly start: number;
  readonly end: number;
}

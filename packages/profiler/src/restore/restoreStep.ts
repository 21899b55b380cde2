import type { RestoreStep } from "@partitune/schema";

/** One setting of the device and how it is put back: data, so that another process can do it, today or after a power cut. */
export type { RestoreStep };

/** What became of putting a device back. */
export interface RestoreReport {
  readonly restored: readonly RestoreStep[];
  /** Steps that could not be undone, or read back differently, and why. */
  readonly left: readonly { readonly step: RestoreStep; readonly reason: string }[];
}

/** Everything that has been changed on a device and how to put it back. A guard process does so when this one dies. */
export interface Restoration {
  /** Records a step, flushed to disk and known to the guard, before the change is made. */
  add(step: RestoreStep): Promise<void>;
  /** Puts everything back, latest first, and reads it back. Idempotent. */
  release(): Promise<RestoreReport>;
}

import type { Device, Fraction, Seconds, Warning, Watts } from "@partitune/schema";

/** What to measure: a workload in a power mode, with a minibatch. */
export interface ModeRun {
  /** Name of a power mode of the device. */
  readonly powerMode: string;
  /** Null: the idle device. */
  readonly workload: string | null;
  /** Null: the only batch of the workload; for trainings and the idle device. */
  readonly batch: number | null;
  /** Counts measurements of the same, from 0, which it is when absent: another number is another measurement. */
  readonly repeat?: number;
}

/** What a run costs, or why it cannot be told. */
export type ModeRunOutcome =
  | {
      /** Median of one minibatch, or of one epoch where those were measured. */
      readonly timeSeconds: Seconds;
      /** Mean power of the device, idle included. */
      readonly powerWatts: Watts;
    }
  /** The idle device. */
  | { readonly powerWatts: Watts }
  | { readonly failed: string };

/** Tells what runs cost: by measuring them, or from a table. */
export interface ModeMeasuring {
  readonly device: Device;
  /**
   * @throws InputError when there is no such power mode, workload or batch
   * @throws the signal's reason when it ends the measurement
   */
  measure(run: ModeRun, signal?: AbortSignal): Promise<ModeRunOutcome>;
  /** What is doubtful about what was measured so far. */
  warnings(): readonly Warning[];
}

/** Repeats that differ by more contradict each other. */
export const contradiction: Fraction = 0.2;

import { InputError, type Seconds, type Watts } from "@partitune/schema";

/** What one minibatch of training costs in a power mode. */
export interface TrainingRow {
  /** Name of the power mode. */
  readonly mode: string;
  /** Time of one minibatch. */
  readonly seconds: Seconds;
  /** Mean power of the device while it runs, idle power included. */
  readonly watts: Watts;
}

/** What one minibatch of inference costs in a power mode. */
export interface InferenceRow extends TrainingRow {
  /** Requests in the minibatch. */
  readonly batch: number;
}

/** What the device draws in a power mode while nothing runs. */
export interface IdleRow {
  readonly mode: string;
  readonly watts: Watts;
}

/**
 * Refuses rows that are no measurements, and repeats: two rows of one configuration contradict each other.
 *
 * @throws InputError naming the first row at fault
 */
export function checkRows(what: string, rows: readonly (IdleRow & Partial<InferenceRow>)[]): void {
  const seen = new Set<string>();
  for (const { mode, batch, seconds, watts } of rows) {
    const row = `${what} of mode "${mode}"${batch === undefined ? "" : ` with batch ${batch}`}`;
    if (seconds !== undefined) checkPositive(row, "a time", seconds, "s");
    checkPositive(row, "a power", watts, "W");
    if (batch !== undefined) checkBatch(row, batch);
    if (seen.has(row))
      throw new InputError({ what: row, problem: "has two rows", advice: "give the median of repeats" });
    seen.add(row);
  }
}

/**
 * Refuses anything but a finite number above 0.
 *
 * @throws InputError
 */
export function checkPositive(what: string, quantity: string, value: number, unit: string): void {
  if (value > 0 && value < Number.POSITIVE_INFINITY) return;
  throw new InputError({
    what,
    problem: `has ${quantity} of ${value} ${unit}`,
    advice: "give a finite number above 0",
  });
}

function checkBatch(what: string, batch: number): void {
  if (Number.isInteger(batch) && batch >= 1) return;
  throw new InputError({ what, problem: "is no whole number of requests", advice: "give whole batch sizes from 1" });
}

/** Idle power by mode; checked. */
export function idleByMode(idle: readonly IdleRow[]): ReadonlyMap<string, Watts> {
  checkRows("idle power", idle);
  return new Map(idle.map(({ mode, watts }) => [mode, watts]));
}

import type { Seconds } from "@partitune/schema";
import type { MeterRow } from "./meterProtocol.ts";

/** The latest readings of a meter. */
export interface MeterRing {
  push(rows: readonly MeterRow[]): void;
  /** Readings from one time to another, and one on each side. */
  between(from: Seconds, to: Seconds): readonly MeterRow[];
  latest(): MeterRow | undefined;
}

/** @param keepSeconds  how long readings are kept at least */
export function meterRing(keepSeconds: Seconds): MeterRing {
  let rows: MeterRow[] = [];
  return {
    push(more) {
      // A process that was started anew may overlap with what is here.
      const last = rows.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
      rows.push(...more.filter(({ time }) => time > last));
      const newest = rows.at(-1)?.time ?? 0;
      // Only now and then, so that what is kept is not copied with each reading.
      if (rows.length > 0 && rows[0]!.time < newest - 1.25 * keepSeconds)
        rows = rows.slice(firstFrom(rows, newest - keepSeconds));
    },
    between(from, to) {
      const [begin, end] = [firstFrom(rows, from), firstFrom(rows, to)];
      return rows.slice(Math.max(0, begin - 1), end + 1);
    },
    latest: () => rows.at(-1),
  };
}

/** Index of the first row not before a time. */
function firstFrom(rows: readonly MeterRow[], time: Seconds): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]!.time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

import { fnvPrime } from "./fnv.ts";

/** What is needed of operations and launches to join them; correlations are NaN where there is none. */
export interface JoinableRecords {
  readonly operations: { readonly starts: Float64Array; readonly correlations: Float64Array };
  readonly launches: { readonly starts: Float64Array; readonly correlations: Float64Array };
}

/** Which launch each operation came from. */
export interface JoinedLaunches {
  /** Per operation the index of its launch; −1 when the trace does not hold it. */
  readonly launchOf: Int32Array;
  /** Operations for which several launches have the same correlation. */
  readonly ambiguous: number;
}

/**
 * Operations of a device joined to their launches by correlation. Where several launches have the same one, the last that begins
 * before the operation is taken.
 */
export function joinLaunches({ operations, launches }: JoinableRecords): JoinedLaunches {
  const first = openCorrelationTable(launches.correlations);
  const launchOf = new Int32Array(operations.correlations.length).fill(-1);
  let ambiguous = 0;
  for (let row = 0; row < launchOf.length; row++) {
    const found = first.find(operations.correlations[row]!);
    if (found < 0) continue;
    if (first.next[found]! >= 0) ambiguous++;
    launchOf[row] = latestBefore(operations.starts[row]!, found, first.next, launches.starts);
  }
  return { launchOf, ambiguous };
}

/** Of the launches linked from `found` on, the last that begins by `time`; `found` when none does. */
function latestBefore(time: number, found: number, next: Int32Array, starts: Float64Array): number {
  let best = found;
  for (let at = next[found]!; at >= 0; at = next[at]!) {
    const bestFits = starts[best]! <= time;
    if (starts[at]! <= time ? !bestFits || starts[at]! > starts[best]! : !bestFits && starts[at]! < starts[best]!)
      best = at;
  }
  return best;
}

/** Index of the first entry by value; equal values are linked by `next`. An object of numbers would need several times the memory. */
function openCorrelationTable(values: Float64Array) {
  const size = 2 ** Math.ceil(Math.log2(2 * values.length + 2));
  const slots = new Int32Array(size).fill(-1);
  const next = new Int32Array(values.length).fill(-1);
  const slotOf = (value: number): number => {
    let slot = Math.imul(value | 0, fnvPrime) & (size - 1);
    while (slots[slot] !== -1 && values[slots[slot]!] !== value) slot = (slot + 1) & (size - 1);
    return slot;
  };
  for (let i = values.length - 1; i >= 0; i--) {
    const slot = slotOf(values[i]!);
    next[i] = slots[slot]!;
    slots[slot] = i;
  }
  return { next, find: (value: number) => (Number.isNaN(value) ? -1 : slots[slotOf(value)]!) };
}

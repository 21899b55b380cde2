import { paretoFront } from "@partitune/numerics";

/** Sums are compared as multiples of the column's largest over 2^40, so that sums in another order compare as equal. */
const precision = 2 ** 40;

/**
 * Indices of the rows of sums that no other beats, each kept once: of equal ones the first. All columns are minimised.
 *
 * @param totals  n × columns, row-major; not changed
 */
export function distinctFront(totals: Float64Array, columns: number): number[] {
  const aligned = align(totals, columns);
  const seen = new Set<string>();
  return paretoFront(aligned, columns).filter((i) => {
    const key = aligned.subarray(i * columns, (i + 1) * columns).join(" ");
    return !seen.has(key) && seen.add(key);
  });
}

function align(totals: Float64Array, columns: number): Float64Array {
  const ticks = new Float64Array(columns);
  for (let i = 0; i < totals.length; i += 1) ticks[i % columns] = Math.max(ticks[i % columns]!, Math.abs(totals[i]!));
  for (let k = 0; k < columns; k += 1) ticks[k] = ticks[k]! > 0 ? precision / 2 ** Math.ceil(Math.log2(ticks[k]!)) : 1;
  return totals.map((total, i) => Math.round(total * ticks[i % columns]!) / ticks[i % columns]!);
}

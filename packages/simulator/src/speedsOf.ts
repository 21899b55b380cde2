import type { Sharer, SharingLaw } from "./sharing/sharingLaw.ts";

/** Speed of every station relative to running alone, given which are busy (1) and which are not (0); not to be written to. */
export type SpeedsOf = (busy: Uint8Array) => Float64Array;

/** Up to this many stations every busy set is worked out once and remembered: at most 65,536 sets. */
const remembered = 16;

/**
 * A sharing law as a table.
 *
 * @param interference  how much longer everything takes, relatively, as soon as two stations are busy: 0.09 is the usual loss between
 *   neighbours on one GPU under MPS
 */
export function speedsOf(
  law: NonNullable<SharingLaw["speeds"]>,
  sharers: readonly Sharer[],
  interference: number,
): SpeedsOf {
  const compute = (busy: Uint8Array): Float64Array => {
    const speeds = new Float64Array(sharers.length).fill(1);
    const indices = sharers.map((_, i) => i).filter((i) => busy[i] === 1);
    const loss = indices.length > 1 ? 1 + interference : 1;
    law(indices.map((i) => sharers[i]!)).forEach((speed, k) => {
      speeds[indices[k]!] = speed / loss;
    });
    return speeds;
  };
  return sharers.length > remembered ? compute : remember(compute);
}

function remember(compute: SpeedsOf): SpeedsOf {
  const table: Float64Array[] = [];
  return (busy) => {
    let set = 0;
    for (let i = 0; i < busy.length; i++) set |= busy[i]! << i;
    table[set] ??= compute(busy);
    return table[set]!;
  };
}

import type { Sharer, SharingLaw } from "./sharingLaw.ts";

/**
 * The optimistic law of unpartitioned running: idle parts are lent. The processor is divided max-min fairly up to each busy station's knee,
 * and what is left equally among all.
 */
export const fair = {
  description: "busy placements divide the processor evenly, and lend what they cannot use",
  speeds(busy) {
    const shares = fairShares(busy);
    return busy.map((sharer, i) => sharer.speedAt(shares[i]!));
  },
} satisfies SharingLaw;

function fairShares(busy: readonly Sharer[]): readonly number[] {
  const shares = new Array<number>(busy.length).fill(0);
  let left = 1;
  let waiting = busy.length;
  const modestFirst = busy.map((_, i) => i).sort((a, b) => busy[a]!.knee - busy[b]!.knee);
  for (const i of modestFirst) {
    shares[i] = Math.min(busy[i]!.knee, left / waiting--);
    left -= shares[i]!;
  }
  return shares.map((share) => share + left / busy.length);
}

import type { Ledger } from "../ledger.ts";

/** Time of a minibatch grows about as its size to this power. */
const expectedGrowth = 0.75;

/**
 * The minibatches to begin with: of each served workload the one whose time may be longest beside what its size makes likely, so that it
 * probably keeps its promise; the middle one where no time is too long.
 *
 * @returns row of the ledger's combinations
 */
export function startCombination({ jobs, combinations }: Ledger): number {
  const starts = jobs.served.map(({ batches, longestSeconds }) => {
    if (longestSeconds.includes(Number.POSITIVE_INFINITY)) return batches[Math.floor(batches.length / 2)]!;
    const room = batches.map((batch, b) => longestSeconds[b]! / batch ** expectedGrowth);
    return batches[room.indexOf(Math.max(...room))]!;
  });
  return combinations.findIndex((batches) => batches.every((batch, s) => batch === starts[s]));
}

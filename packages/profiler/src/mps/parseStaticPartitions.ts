/** Chunks of multiprocessors that a daemon with static partitions has. */
export interface StaticPartitions {
  readonly chunkMultiprocessors: number;
  readonly freeChunks: number;
}

/**
 * Reads the card's line of what `lspart` prints: free and used chunks, then free and used multiprocessors. Some releases put dashes where a column has
 * no meaning.
 *
 * @returns undefined when there is no such line, or the card has no chunks
 */
export function parseStaticPartitions(listing: string): StaticPartitions | undefined {
  const rows = listing.split("\n").map((line) =>
    line
      .trim()
      .split(/\s+/)
      .filter((field) => field !== "-"),
  );
  const numbers = rows
    .filter(([card = ""]) => card.startsWith("GPU-"))
    .map((fields) => fields.slice(1, 5).map(Number))
    .find((values) => values.length === 4 && values.every(Number.isInteger));
  if (numbers === undefined) return undefined;
  const [free, used, freeMultiprocessors, usedMultiprocessors] = numbers as [number, number, number, number];
  if (free + used === 0) return undefined;
  return { freeChunks: free, chunkMultiprocessors: (freeMultiprocessors + usedMultiprocessors) / (free + used) };
}

/** How often the identity of each operation of a step came before in it, from 0. */
export function countOccurrences(identities: readonly number[]): readonly number[] {
  const counts = new Map<number, number>();
  return identities.map((identity) => {
    const occurrence = counts.get(identity) ?? 0;
    counts.set(identity, occurrence + 1);
    return occurrence;
  });
}

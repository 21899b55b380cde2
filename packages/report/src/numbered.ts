/** The heading of the i-th of several sections of a kind, i from 0; the only one has no number. */
export function numbered(heading: string, i: number, count: number): string {
  return count === 1 ? heading : `${heading} ${i + 1}`;
}

/** A parsed text with its number in order of first appearance. */
export interface Interned<T> {
  readonly value: T;
  readonly index: number;
}

/**
 * Wraps a parser so that each distinct text is parsed once and equal texts share one value. Tables repeat few texts many
 * times, which makes thorough checks of texts free.
 */
export function intern<T>(parse: (text: string) => T): (text: string) => Interned<T> {
  const known = new Map<string, Interned<T>>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const added = { value: parse(text), index: known.size };
    known.set(text, added);
    return added;
  };
}

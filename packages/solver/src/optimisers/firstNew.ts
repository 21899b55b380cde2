/** Draws in vain after which a space counts as used up. */
const mostDraws = 1000;

/** The first drawn point that is not known yet, alone in a list; an empty list when there seems to be none. */
export function firstNew(
  draw: () => readonly number[],
  isKnown: (point: readonly number[]) => boolean,
  attempts = mostDraws,
): readonly (readonly number[])[] {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const point = draw();
    if (!isKnown(point)) return [point];
  }
  return [];
}

/**
 * How far a timeline can be magnified: 1, 4, 16, … until the narrow boxes can be told apart.
 *
 * @param narrow  width of a narrow box at the first level, px
 */
export function zoomLevels(narrow: number): readonly number[] {
  const wanted = legibleWidth / Math.max(narrow, Number.EPSILON);
  return magnifications.filter((_, i) => i === 0 || magnifications[i - 1]! < wanted);
}

/** The first level that shows something as wide as `wanted` px that is `width` px wide unmagnified; null when none does. */
export function levelShowing(levels: readonly number[], width: number, wanted: number): number | null {
  return levels.find((level) => level * width >= wanted) ?? null;
}

const magnifications: readonly number[] = [1, 4, 16, 64, 256];

/** px */
const legibleWidth = 6;

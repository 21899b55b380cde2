const longestWord = 64; // longer words are no typing errors, and the table below grows with the square

/**
 * The candidate a mistyped word most likely stands for: one that contains it or is contained in it, else the one with the
 * fewest edits (insert, delete, replace, swap neighbours) if these are at most a third of its length.
 *
 * @returns undefined when nothing is near
 * @example nearest("dedline", ["deadlineSeconds", "workload"])  // undefined; nearest("deadline", …) is "deadlineSeconds"
 */
export function nearest<T extends string>(word: string, candidates: readonly T[]): T | undefined {
  if (word.length > longestWord) return undefined;
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distance(normal(word), normal(candidate)) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(1, word.length / 3) ? best.candidate : undefined;
}

function normal(word: string): string {
  return word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

function distance(a: string, b: string): number {
  const contained = Math.min(a.length, b.length) >= 3 && (a.includes(b) || b.includes(a));
  return contained ? Math.min(1, edits(a, b)) : edits(a, b);
}

/** Optimal string alignment distance. */
function edits(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(replaced, above[j]! + 1, row[j - 1]! + 1, swapped ? before[j - 2]! + 1 : Number.POSITIVE_INFINITY),
      );
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}

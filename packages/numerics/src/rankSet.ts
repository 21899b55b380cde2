/** A set of whole numbers 0 … n − 1 that finds neighbours; every operation takes log32 n steps. */
export interface RankSet {
  add(rank: number): void;
  remove(rank: number): void;
  /** The greatest member ≤ rank, or -1. */
  atMost(rank: number): number;
  /** The least member ≥ rank, or -1. */
  atLeast(rank: number): number;
}

/** An empty set of ranks below n: a tree of bit words, where a bit of one level says that the word below it is not zero. */
export function rankSet(n: number): RankSet {
  const levels: Int32Array[] = [];
  for (let size = Math.max(1, n); ; ) {
    size = (size + 31) >>> 5;
    levels.push(new Int32Array(size));
    if (size === 1) break;
  }

  function add(rank: number): void {
    for (const words of levels) {
      words[rank >>> 5]! |= 1 << (rank & 31);
      rank >>>= 5;
    }
  }

  function remove(rank: number): void {
    for (const words of levels) {
      words[rank >>> 5]! &= ~(1 << (rank & 31));
      if (words[rank >>> 5] !== 0) return;
      rank >>>= 5;
    }
  }

  function atMost(rank: number): number {
    for (let level = 0; level < levels.length && rank >= 0; level++) {
      const below = (2 << (rank & 31)) - 1; // bits 0 … rank; a shift by 32 is one by 0, so 31 gives 2 << 31 = 0, and -1 keeps all
      const bits = levels[level]![rank >>> 5]! & below;
      if (bits !== 0) return greatestBelow(level, (rank & ~31) | (31 - Math.clz32(bits)));
      rank = (rank >>> 5) - 1;
    }
    return -1;
  }

  function greatestBelow(level: number, rank: number): number {
    while (level-- > 0) rank = (rank << 5) | (31 - Math.clz32(levels[level]![rank]!));
    return rank;
  }

  function atLeast(rank: number): number {
    for (let level = 0; level < levels.length && rank >>> 5 < levels[level]!.length; level++) {
      const bits = levels[level]![rank >>> 5]! & (-1 << (rank & 31));
      if (bits !== 0) return leastBelow(level, (rank & ~31) | lowestBit(bits));
      rank = (rank >>> 5) + 1;
    }
    return -1;
  }

  function leastBelow(level: number, rank: number): number {
    while (level-- > 0) rank = (rank << 5) | lowestBit(levels[level]![rank]!);
    return rank;
  }

  return { add, remove, atMost, atLeast };
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

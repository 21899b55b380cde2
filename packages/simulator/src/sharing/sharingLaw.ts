/** A station as a sharing law sees it. */
export interface Sharer {
  /** Part of the processor beyond which more brings next to nothing, 0 < knee ≤ 1. */
  readonly knee: number;
  /** Speed on a part of the processor, relative to having it alone; does not fall as the part grows. */
  readonly speedAt: (share: number) => number;
}

/** How stations slow each other down while several of them are busy. */
export interface SharingLaw {
  /** The law in words. */
  readonly description: string;
  /** Speed of each busy station relative to running alone, above 0, in the order of `busy`; null where stations never meet. */
  readonly speeds: ((busy: readonly Sharer[]) => readonly number[]) | null;
}

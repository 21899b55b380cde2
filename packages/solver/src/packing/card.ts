import type { Bytes } from "@partitune/schema";

/** A kind of piece that a card can be cut into, such as a MIG profile or a share of the multiprocessors. */
export interface PieceType {
  /** The name that measured rows and layouts use, such as "3g". */
  readonly name: string;
  /** Compute units it takes, in the card's units. */
  readonly compute: number;
  /** Memory that belongs to the piece, bytes; null when memory is shared by the whole card or not known. */
  readonly memoryBytes: Bytes | null;
}

/** A piece and where it begins. */
export interface PlacedPiece {
  readonly piece: string;
  readonly start: number;
}

/** What one kind of GPU can legally be cut into. All that packing knows of hardware. */
export interface Card {
  readonly name: string;
  /** Compute units of a whole card: 7 slices, 100 percent. */
  readonly compute: number;
  /** Memory that all pieces share, bytes; null when each piece has its own or it is not known. */
  readonly memoryBytes: Bytes | null;
  /** Kinds of pieces, by rising compute; the last is the whole card. */
  readonly pieces: readonly PieceType[];
  /** Where one more piece may begin beside those already placed, preferred starts first; empty when it does not fit. */
  starts(placed: readonly PlacedPiece[], piece: string): readonly number[];
  /** Every maximal combination of pieces that one card holds, as counts in the order of `pieces`; null when they are too many to list. */
  readonly patterns: readonly (readonly number[])[] | null;
  /** The combination with the greatest sum of prices, as counts; prices per piece in the order of `pieces`, not negative. */
  bestPattern(prices: readonly number[]): readonly number[];
}

import type { Partition } from "../partition.ts";

/** A partition and its position in the list that is checked. */
export interface Piece<K extends Partition["kind"]> {
  readonly at: number;
  readonly partition: Extract<Partition, { readonly kind: K }>;
}

/** The partitions of one kind, with their positions. */
export function piecesOf<K extends Partition["kind"]>(kind: K, partitions: readonly Partition[]): readonly Piece<K>[] {
  return partitions.flatMap((partition, at) =>
    partition.kind === kind ? [{ at, partition: partition as Piece<K>["partition"] }] : [],
  );
}

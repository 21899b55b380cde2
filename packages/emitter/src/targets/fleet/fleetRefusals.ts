import { checkLayout, type FleetPiece, formatPartition, type Partition } from "@partitune/schema";
import type { Refusal } from "../../emission.ts";
import type { FleetCard } from "./fleetCards.ts";

/** Who carries a kind of partition, for the advice. */
const carriers: Readonly<Record<Partition["kind"], string>> = {
  whole: "emit that card for mps",
  "mps-share": "emit that card for mps",
  "sm-partition": "emit that card for mps",
  mig: "emit that card for mig",
  "cpu-share": "emit a plan of the processor for cpu",
  "core-set": "emit a plan of the processor for cpu",
  "green-context": "green contexts exist within a process alone: plan SM partitions instead",
};

/**
 * What of a fleet's cards cannot be carried out by a target, whatever it writes: cards that are no NVIDIA cards, pieces of other kinds, layouts that
 * the card refuses.
 *
 * @param carried  kinds of partitions that the target writes
 */
export function fleetRefusals(
  cards: readonly FleetCard[],
  target: string,
  carried: readonly Partition["kind"][],
): readonly Refusal[] {
  if (cards.length === 0)
    return [{ where: "the plan", cause: "it uses no card", advice: "plan services that ask for something" }];
  return cards.flatMap((card) => {
    const where = `card "${card.id}"`;
    if (card.kind.kind !== "nvidia")
      return [
        { where, cause: `its device "${card.kind.name}" is no NVIDIA card`, advice: "emit it for cpu or nvpmodel" },
      ];
    const strange = card.pieces.filter(({ partition }) => !carried.includes(partition.kind));
    return strange.length > 0 ? strange.map((piece) => strangePiece(piece, target)) : layoutRefusals(where, card);
  });
}

function strangePiece({ id, partition }: FleetPiece, target: string): Refusal {
  const cause = `target "${target}" does not write "${formatPartition(partition)}"`;
  return { where: `piece "${id}"`, cause, advice: carriers[partition.kind] };
}

function layoutRefusals(where: string, { pieces, kind }: FleetCard): readonly Refusal[] {
  const check = checkLayout(
    kind,
    pieces.map(({ partition }) => partition),
  );
  return check.fits ? [] : check.conflicts.map(({ text }) => ({ where, cause: text, advice: "plan again" }));
}

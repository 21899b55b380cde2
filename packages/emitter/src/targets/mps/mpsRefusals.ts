import { type FleetPiece, partitionCores } from "@partitune/schema";
import type { Refusal } from "../../emission.ts";
import type { FleetCard } from "../fleet/fleetCards.ts";
import { turnsOf } from "../fleet/fleetWarnings.ts";
import { clientPercentage } from "./clientPercentage.ts";
import { memoryNeeded } from "./memoryLimits.ts";

/** Clients of a card from Volta on: NVIDIA's guide to MPS. */
const usualClients = 48;

/** What of a card's pieces MPS cannot carry out. */
export function mpsRefusals(card: FleetCard): readonly Refusal[] {
  return [...card.pieces.flatMap((piece) => pieceRefusals(piece, card)), ...cardRefusals(card)];
}

function pieceRefusals(piece: FleetPiece, { kind }: FleetCard): readonly Refusal[] {
  const where = `piece "${piece.id}"`;
  const turns = turnsOf(piece);
  const refusals: Refusal[] = [];
  if (turns !== undefined)
    refusals.push({
      where,
      cause: `${turns} are planned to take turns batch by batch, and clients of MPS run at the same time`,
      advice: "plan without sharing in time, or on MIG instances",
    });
  for (const tenant of piece.tenants) {
    const percentage = clientPercentage(piece, tenant);
    if (percentage === undefined) continue;
    if (percentage < 1 || partitionCores({ kind: "mps-share", share: percentage / 100 }, kind) === 0)
      refusals.push({
        where: `tenant "${tenant.id}"`,
        cause: `each of its ${tenant.processes} processes would get ${percentage} % of the card, which rounds down to no multiprocessor`,
        advice: "plan fewer processes or a larger share",
      });
  }
  return refusals;
}

function cardRefusals({ id, kind, pieces }: FleetCard): readonly Refusal[] {
  const where = `card "${id}"`;
  const tenants = pieces.flatMap((piece) => piece.tenants);
  const refusals: Refusal[] = [];
  const scheme = kind.partitionSchemes.find((each) => each.kind === "mps-share");
  const most = scheme?.kind === "mps-share" ? scheme.clients : usualClients;
  const clients = tenants.reduce((sum, { processes }) => sum + processes, 0);
  if (clients > most)
    refusals.push({
      where,
      cause: `its tenants have ${clients} processes, and an MPS server takes ${most} clients`,
      advice: "plan fewer processes",
    });
  const needed = memoryNeeded(tenants);
  if (needed > kind.memoryBytes)
    refusals.push({
      where,
      cause: `its tenants need ${mebibytes(needed)} MiB, and the card has ${mebibytes(kind.memoryBytes)} MiB`,
      advice: "plan fewer processes, or more cards",
    });
  return refusals;
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}

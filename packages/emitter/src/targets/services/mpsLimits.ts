import type { Bytes } from "@partitune/schema";
import type { Refusal } from "../../emission.ts";
import { type PlacedPiece, type PlacedTenant, piecesOf } from "./fleetParts.ts";
import { whereOf } from "./servingRefusals.ts";

/** What an MPS client is held to; null where it is not. */
export interface MpsLimits {
  /** Whole percents of the multiprocessors. */
  readonly percent: number | null;
  readonly memoryMebibytes: number | null;
}

/** Allocators round up, and a limit that is met exactly ends the process. */
const headroom = 1.1;

/**
 * The limits of each process of a tenant: its processes share the piece, so they divide its share, rounded down so that the sum stays within it.
 * A MIG instance or a whole card limits nobody by itself.
 */
export function clientLimits({ piece, tenant }: Pick<PlacedTenant, "piece" | "tenant">): MpsLimits {
  return {
    percent: piece.partition.kind === "mps-share" ? wholePercent(piece.partition.share / tenant.processes) : null,
    memoryMebibytes: tenant.memoryBytes === null ? null : mebibytes(tenant.memoryBytes / tenant.processes),
  };
}

/** The limits of one process that serves a whole piece. */
export function pieceLimits({ piece }: Pick<PlacedPiece, "piece">): MpsLimits {
  const memory = piece.tenants.map(({ memoryBytes }) => memoryBytes);
  const known = memory.every((bytes) => bytes !== null);
  return {
    percent: piece.partition.kind === "mps-share" ? wholePercent(piece.partition.share) : null,
    memoryMebibytes: known ? mebibytes(memory.reduce((sum: number, bytes) => sum + bytes!, 0)) : null,
  };
}

/** Shares that come to no whole percent: MPS takes nothing finer from outside that all its versions agree on. */
export function percentRefusals(pieces: readonly PlacedPiece[]): readonly Refusal[] {
  return pieces.flatMap((placed) => {
    const { partition, tenants } = placed.piece;
    if (partition.kind !== "mps-share") return [];
    const where = whereOf(placed);
    if (Math.abs(partition.share * 100 - Math.round(partition.share * 100)) > 1e-6)
      return [
        {
          where,
          cause: `its share of ${partition.share * 100} % is no whole percentage`,
          advice: "plan with shares in whole percents",
        },
      ];
    return tenants
      .filter(({ processes }) => wholePercent(partition.share / processes) < 1)
      .map(({ id, processes }) => ({
        where: `tenant "${id}"`,
        cause: `${processes} processes share ${Math.round(partition.share * 100)} %, which leaves each less than 1 %`,
        advice: "plan fewer processes, or a larger share",
      }));
  });
}

/** A daemon that the clients of a card or of a MIG instance connect to. */
export interface MpsDomain {
  readonly placed: PlacedPiece;
  /** The whole card, when it is divided into shares; else one instance. */
  readonly card: boolean;
}

/** Where an MPS daemon is needed: cards that are divided into shares, and pieces that several processes of one tenant use at once. */
export function mpsDomains(...plan: Parameters<typeof piecesOf>): readonly MpsDomain[] {
  const pieces = piecesOf(...plan);
  return pieces
    .filter((placed, i) => {
      if (isShare(placed)) return pieces.findIndex((other) => other.card === placed.card && isShare(other)) === i;
      return placed.piece.tenants.some(({ processes }) => processes > 1);
    })
    .map((placed) => ({ placed, card: placed.piece.partition.kind !== "mig" }));
}

function isShare({ piece }: PlacedPiece): boolean {
  return piece.partition.kind === "mps-share";
}

function wholePercent(share: number): number {
  return Math.floor(share * 100 + 1e-6);
}

function mebibytes(bytes: Bytes): number {
  return Math.ceil((bytes * headroom) / 2 ** 20);
}

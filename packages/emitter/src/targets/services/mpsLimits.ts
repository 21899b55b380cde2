import type { FleetPlan, Warning } from "@partitune/schema";
import type { Refusal } from "../../emission.ts";
import { clientPercentage } from "../mps/clientPercentage.ts";
import { memoryLimits } from "../mps/memoryLimits.ts";
import { type PlacedPiece, type PlacedTenant, tenantsOf } from "./fleetParts.ts";
import { whereOf } from "./servingRefusals.ts";

/** What an MPS client is held to; undefined where it is not. */
export interface MpsLimits {
  /** Whole percents of the multiprocessors. */
  readonly percent: number | undefined;
  readonly memoryMebibytes: number | undefined;
}

/** The limits of each process of a tenant, as the bundle for mps sets them. */
export function clientLimits({ card, piece, tenant }: Pick<PlacedTenant, "card" | "piece" | "tenant">): MpsLimits {
  return { percent: clientPercentage(piece, tenant), memoryMebibytes: memoryLimits(card).get(tenant.id) };
}

/** The limits of one process that serves a whole piece for all its tenants. */
export function pieceLimits({ card, piece }: Pick<PlacedPiece, "card" | "piece">): MpsLimits {
  const limits = memoryLimits(card);
  const memory = piece.tenants.map(({ id, processes }) => (limits.get(id) ?? Number.NaN) * processes);
  const sum = memory.reduce((added, mebibytes) => added + mebibytes, 0);
  return {
    percent: clientPercentage(piece, { ...piece.tenants[0]!, processes: 1 }),
    memoryMebibytes: Number.isNaN(sum) ? undefined : sum,
  };
}

/** Shares that come to no whole percent, which is all that MPS is told from outside here. */
export function percentRefusals(pieces: readonly PlacedPiece[]): readonly Refusal[] {
  return pieces.flatMap((placed): readonly Refusal[] => {
    const { partition, tenants } = placed.piece;
    if (partition.kind !== "mps-share") return [];
    const percent = partition.share * 100;
    if (Math.abs(percent - Math.round(percent)) > 1e-6) {
      const cause = `its share of ${Math.round(percent * 1000) / 1000} % is no whole percentage`;
      return [{ where: whereOf(placed), cause, advice: "plan with shares in whole percents" }];
    }
    return tenants
      .filter((tenant) => clientPercentage(placed.piece, tenant)! < 1)
      .map(({ id, processes }) => ({
        where: `tenant "${id}"`,
        cause: `${processes} processes share ${Math.round(percent)} %, which leaves each less than 1 %`,
        advice: "plan fewer processes, or a larger share",
      }));
  });
}

/** True where several processes use a card or an instance at once, and so need the MPS daemon of it. */
export function needsMps({ piece }: Pick<PlacedPiece, "piece">): boolean {
  return piece.partition.kind === "mps-share" || piece.tenants.some(({ processes }) => processes > 1);
}

/** Clients of MPS daemons whose memory nobody measured, and who so have no limit. */
export function memoryWarnings(plan: FleetPlan, isClient = needsMps): readonly Warning[] {
  return tenantsOf(plan)
    .filter((placed) => isClient(placed) && placed.tenant.memoryBytes === null)
    .map(({ tenant }) => ({
      code: "memory-not-limited",
      where: `tenant "${tenant.id}"`,
      cause: "its memory was not measured, so it is given no limit and can crowd out its neighbours",
      advice: "measure its memory and plan again",
    }));
}

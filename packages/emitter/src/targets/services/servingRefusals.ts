import type { FleetPlan } from "@partitune/schema";
import type { Refusal } from "../../emission.ts";
import { type PlacedPiece, piecesOf, tenantsOf } from "./fleetParts.ts";

/** Tenants that take turns on an MPS share, which an MPS daemon does not know: it runs all its clients at once. */
export function turnsInShareRefusals(plan: FleetPlan): readonly Refusal[] {
  return piecesOf(plan).flatMap((placed) => {
    if (placed.piece.partition.kind !== "mps-share" || placed.piece.tenants.length === 1) return [];
    const cause = `${placed.piece.tenants.length} tenants take turns on an MPS share, and MPS runs all its clients at once`;
    return [{ where: whereOf(placed), cause, advice: "plan without turns on MPS shares, or emit it for triton" }];
  });
}

/** Tenants of several processes where others take turns with them: a device is shared by MPS or in time, not both. */
export function bothSharingsRefusals(plan: FleetPlan): readonly Refusal[] {
  return piecesOf(plan)
    .filter(({ piece }) => piece.tenants.length > 1 && piece.tenants.some(({ processes }) => processes > 1))
    .map((placed) => ({
      where: whereOf(placed),
      cause:
        "its tenants take turns and one of them has several processes, and a device is shared by MPS or in time, not both",
      advice: "plan one process for each tenant that takes turns, or emit it for triton",
    }));
}

/** Workloads that answer no requests. */
export function taskRefusals(plan: FleetPlan): readonly Refusal[] {
  return tenantsOf(plan).flatMap(({ tenant, workload }) => {
    if (workload.task === "inference") return [];
    const cause = `its workload "${workload.name}" does not answer requests`;
    return [{ where: `tenant "${tenant.id}"`, cause, advice: "plan inference workloads alone" }];
  });
}

export function whereOf({ card, piece }: PlacedPiece): string {
  return `piece "${piece.id}" of card "${card.id}"`;
}

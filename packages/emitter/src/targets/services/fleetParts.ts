import type { FleetPiece, FleetPlan, FleetService, FleetTenant, Workload } from "@partitune/schema";
import type { EmitOptions } from "../../emission.ts";
import { type FleetCard, fleetCards } from "../fleet/fleetCards.ts";

/** A piece, where it is. */
export interface PlacedPiece {
  readonly card: FleetCard;
  /** The card's number in the plan, from 0. */
  readonly c: number;
  readonly piece: FleetPiece;
  /** Its number, counted through the whole plan from 0. */
  readonly n: number;
  /** Among the MIG instances of its profile on its card: 0, 1, …; one is as fast as the other. */
  readonly nth: number;
}

/** A tenant, where it runs and what. */
export interface PlacedTenant extends PlacedPiece {
  readonly tenant: FleetTenant;
  readonly service: FleetService;
  readonly workload: Workload;
}

/** All pieces in the order of the plan. */
export function piecesOf(plan: FleetPlan, options: Pick<EmitOptions, "gpus"> = {}): readonly PlacedPiece[] {
  return fleetCards(plan, options)
    .flatMap((card, c) =>
      card.pieces.map((piece, i) => ({
        card,
        c,
        piece,
        nth: card.pieces.slice(0, i).filter((other) => cutAlike(other, piece)).length,
      })),
    )
    .map((placed, n) => ({ ...placed, n }));
}

function cutAlike({ partition: a }: FleetPiece, { partition: b }: FleetPiece): boolean {
  return a.kind === "mig" && b.kind === "mig" && a.profile === b.profile;
}

/** All tenants in the order of the plan. */
export function tenantsOf(plan: FleetPlan, options: Pick<EmitOptions, "gpus"> = {}): readonly PlacedTenant[] {
  return piecesOf(plan, options).flatMap((placed) =>
    placed.piece.tenants.map((tenant) => {
      const service = plan.services.find(({ name }) => name === tenant.service)!;
      return { ...placed, tenant, service, workload: plan.workloads.find(({ name }) => name === service.workload)! };
    }),
  );
}

import type { Highs } from "highs";
import type { CardPlacements } from "./cardPlacements.ts";
import type { ChangeCosts } from "./changeCost.ts";
import type { Choices, ServiceChoices } from "./packing/choices.ts";
import { rateTolerance } from "./packing/rateTolerance.ts";
import type { BaseGpu } from "./replanBase.ts";
import { capacities, type DraftPiece } from "./replanDraft.ts";

/** What every step of one re-planning shares. */
export interface ReplanContext {
  readonly highs: Highs;
  readonly choices: Choices;
  /** What of the running fleet can go on, by name of the GPU. */
  readonly base: ReadonlyMap<string, BaseGpu>;
  readonly placements: CardPlacements;
  readonly costs: ChangeCosts;
  /** Whether pieces of this name are only limits of processes, so that another size costs a restart. */
  readonly resizable: (piece: string) => boolean;
  /** For each mixed-integer model. */
  readonly timeLimitSeconds: number;
}

/** A service and what it needs beyond the pieces it has. */
export interface Missing {
  readonly own: ServiceChoices;
  readonly rate: number;
}

/** Services that these pieces do not cover, in the problem's order. */
export function findMissing({ services }: Choices, pieces: Iterable<DraftPiece>): readonly Missing[] {
  const covered = capacities(pieces);
  return services.flatMap((own) => {
    const rate = own.need - (covered.get(own.service.name) ?? 0);
    return rate > rateTolerance * own.need ? [{ own, rate }] : [];
  });
}

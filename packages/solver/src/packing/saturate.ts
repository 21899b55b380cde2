import type { Choice, ServiceChoices } from "./choices.ts";
import type { Load } from "./fleet.ts";
import { rateTolerance } from "./rateTolerance.ts";
import { toTenant } from "./takeTurns.ts";

/**
 * How many pieces a rate fills, and what is left for one more.
 *
 * @param piece  requests per second that one piece answers, above 0
 * @returns whole pieces, and the rest of the rate, below `piece`; 0 when it is only rounding
 */
export function saturate(rate: number, piece: number): { readonly full: number; readonly rest: number } {
  const full = Math.floor(rate / piece + rateTolerance);
  const rest = rate - full * piece;
  return { full, rest: rest <= rateTolerance * piece ? 0 : rest };
}

/** The load of a piece that one service has to itself, used to the full: nobody may join. */
export function fullLoad(choice: Choice, own: ServiceChoices): Load {
  return { tenants: [toTenant(choice, own)], demands: [] };
}

/** The load of a piece that one service has so far to itself; others may join as long as it keeps `rate`. */
export function openLoad(choice: Choice, own: ServiceChoices, rate: number): Load {
  return { tenants: [toTenant(choice, own)], demands: [{ choices: own, rate }] };
}

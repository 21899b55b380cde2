import { tenantCost } from "./changeCost.ts";
import type { Tenant } from "./packing/layout.ts";
import { toTenant } from "./packing/takeTurns.ts";
import type { BasePiece } from "./replanBase.ts";
import type { Missing, ReplanContext } from "./replanContext.ts";

/** One thing that may be on an opened GPU. */
export interface Use {
  readonly gpu: string;
  /** Position in the list of placements. */
  readonly at: number;
  /** What it costs, less what it saves of destroying the running piece. */
  readonly cost: number;
  /** At most one use of a running piece is made. */
  readonly of?: BasePiece;
  /** Whether it is that piece that stays. */
  readonly stays: boolean;
  /** Who runs there; null when a service is yet to be found. */
  readonly tenants: readonly Tenant[] | null;
}

/**
 * Everything that may be on a GPU: its running pieces as they are, in another configuration, resized, or free for another service, and new ones
 * at every place.
 *
 * @param missing  services of the neighbourhood
 */
export function usesOf(context: ReplanContext, gpu: string, missing: readonly Missing[]): readonly Use[] {
  const { placements, costs, base } = context;
  const wanted = new Set(missing.flatMap(({ own }) => own.best.map(({ index }) => index)));
  const pieces = base.get(gpu)?.pieces ?? [];
  const place = (piece: string, start: number) =>
    placements.all.findIndex((each) => each.piece === piece && each.start === start);
  const occupied = new Set(pieces.map(({ running }) => place(running.piece, running.start)));
  const old = pieces.flatMap((piece) => {
    const at = place(piece.running.piece, piece.running.start);
    const offered = wanted.has(placements.all[at]!.index);
    return [...usesOfPiece(context, gpu, at, piece, offered), ...resizedUses(context, gpu, piece, missing)];
  });
  const fresh = placements.all.flatMap(({ index, most }, at): readonly Use[] =>
    wanted.has(index) && (most > 1 || !occupied.has(at))
      ? [{ gpu, at, cost: costs.create, stays: false, tenants: null }]
      : [],
  );
  return [...old, ...fresh];
}

function usesOfPiece(
  { choices, costs }: ReplanContext,
  gpu: string,
  at: number,
  of: BasePiece,
  offered: boolean,
): readonly Use[] {
  const { running, tenants, cost } = of;
  const use = (cost: number, tenants: Use["tenants"]): Use => ({
    gpu,
    at,
    cost: cost - costs.destroy,
    of,
    stays: true,
    tenants,
  });
  const [only] = tenants;
  const own = choices.services.find(({ service }) => service.name === only?.service);
  const best = own?.best.find(({ piece }) => piece === running.piece);
  const better =
    tenants.length === 1 && best !== undefined && best.safeRate > only!.ratePerSecond ? [toTenant(best, own!)] : null;
  return [
    ...(tenants.length > 0 ? [use(cost, tenants)] : []),
    ...(better === null ? [] : [use(tenantCost(running.tenants, better, costs), better)]),
    ...(offered ? [use(costs.replace * Math.max(1, running.tenants.length), null)] : []),
  ];
}

/** The service of a piece that is only a limit of its processes, on one of another size. */
function resizedUses(
  { placements, costs, resizable }: ReplanContext,
  gpu: string,
  of: BasePiece,
  missing: readonly Missing[],
): readonly Use[] {
  const { piece, tenants } = of.running;
  if (tenants.length !== 1 || !resizable(piece)) return [];
  const own = missing.find((each) => each.own.service.name === tenants[0]!.service)?.own;
  return (own?.best ?? []).flatMap((choice): readonly Use[] => {
    if (choice.piece === piece || !resizable(choice.piece)) return [];
    const at = placements.all.findIndex(({ index }) => index === choice.index);
    return [{ gpu, at, cost: costs.restart - costs.destroy, of, stays: false, tenants: [toTenant(choice, own!)] }];
  });
}

import type { FleetPlan } from "@partitune/schema";
import type { EmitOptions } from "../../emission.ts";
import { planId } from "../../planId.ts";
import { type FleetCard, fleetCards } from "../fleet/fleetCards.ts";
import { tenantCommand } from "../fleet/tenantCommand.ts";
import { type PlacedPiece, type PlacedTenant, piecesOf, tenantsOf } from "../services/fleetParts.ts";
import { needsMps } from "../services/mpsLimits.ts";
import { uniqueNames } from "../services/uniqueNames.ts";

/** An MPS daemon: of a card that is divided or shared whole, or of one MIG instance. */
export interface HostDaemon {
  readonly unit: string;
  readonly placed: PlacedPiece;
  readonly ofCard: boolean;
  /** Folder of its pipes, below /run: where the bundles for mps and mig have them, too. */
  readonly folder: string;
}

/** A tenant, its number in the plan, and its unit with the words of its command; or why its workload has none. */
export interface HostTenant {
  readonly placed: PlacedTenant;
  readonly t: number;
  readonly unit: string;
  readonly words: readonly string[];
  readonly refusal: string;
  readonly daemon: HostDaemon | undefined;
}

/** A card whose power mode is not its default. */
export interface PoweredCard {
  readonly unit: string;
  readonly c: number;
  readonly card: FleetCard;
}

/** What a plan puts on a host. */
export interface Host {
  /** The plan's id, which is in every name. */
  readonly id: string;
  /** What the names of its units begin with, before an underscore, which no id has: so no plan's units are taken for another's. */
  readonly prefix: string;
  readonly powered: readonly PoweredCard[];
  readonly daemons: readonly HostDaemon[];
  readonly tenants: readonly HostTenant[];
  /** Cards that are cut into MIG instances. */
  readonly cut: readonly FleetCard[];
}

export function hostOf(plan: FleetPlan, options: EmitOptions): Host {
  const id = planId(options.name);
  const prefix = `partitune-${id}`;
  const cards = fleetCards(plan, options);
  const daemons = daemonsOf(piecesOf(plan, options).filter(needsMps), id, prefix);
  return {
    id,
    prefix,
    powered: cards.flatMap((card, c) =>
      card.powerMode === card.kind.powerModes[0]!.name ? [] : [{ unit: `${prefix}_power-${c}.service`, c, card }],
    ),
    daemons,
    tenants: hostTenants(plan, options, prefix, daemons),
    cut: cards.filter(({ pieces }) => pieces.some(({ partition }) => partition.kind === "mig")),
  };
}

/** Tenants that a unit starts. */
export function startedTenants({ tenants }: Host): readonly HostTenant[] {
  return tenants.filter(({ refusal }) => refusal === "");
}

/** Units that are started with the plan, processes of a tenant one by one. */
export function wantedUnits(host: Host): readonly string[] {
  return [
    ...host.powered.map(({ unit }) => unit),
    ...host.daemons.map(({ unit }) => unit),
    ...startedTenants(host).flatMap(({ unit, placed: { tenant } }) =>
      Array.from({ length: tenant.processes }, (_, process) => unit.replace("@", `@${process}`)),
    ),
  ];
}

function daemonsOf(shared: readonly PlacedPiece[], id: string, prefix: string): readonly HostDaemon[] {
  return shared.flatMap((placed): readonly HostDaemon[] => {
    const { c, n, piece } = placed;
    if (piece.partition.kind === "mig")
      return [
        { unit: `${prefix}_mps-piece-${n}.service`, placed, ofCard: false, folder: `partitune/mig-${id}/mps-${n}` },
      ];
    if (shared.some((other) => other.c === c && other.n < n)) return [];
    return [{ unit: `${prefix}_mps-${c}.service`, placed, ofCard: true, folder: `partitune/mps-${id}/mps-${c}` }];
  });
}

function hostTenants(
  plan: FleetPlan,
  options: EmitOptions,
  prefix: string,
  daemons: readonly HostDaemon[],
): readonly HostTenant[] {
  const tenants = tenantsOf(plan, options);
  const names = uniqueNames(tenants.map(({ tenant }) => tenant.id));
  return tenants.map((placed, t) => ({
    placed,
    t,
    unit: `${prefix}_tenant-${names[t]!}@.service`,
    ...tenantCommand(plan, placed.tenant, options),
    daemon: daemons.find((daemon) => (daemon.ofCard ? daemon.placed.c === placed.c : daemon.placed.n === placed.n)),
  }));
}

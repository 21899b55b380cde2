import type { FleetPiece, FleetPlan, FleetTenant, Warning } from "@partitune/schema";
import type { Emission, EmitOptions, Target } from "../emission.ts";
import { fleetBundle } from "./fleet/fleetBundle.ts";
import { type FleetCard, fleetCards } from "./fleet/fleetCards.ts";
import { fleetRefusals } from "./fleet/fleetRefusals.ts";
import { fleetWarnings } from "./fleet/fleetWarnings.ts";
import { clientPercentage } from "./mps/clientPercentage.ts";
import { memoryLimits, memoryNeeded } from "./mps/memoryLimits.ts";
import { mpsRefusals } from "./mps/mpsRefusals.ts";

const notes = [
  "apply.sh takes each card for MPS alone (compute mode EXCLUSIVE_PROCESS) and starts a control daemon with a folder of pipes of its own; undo.sh ends it and puts the compute mode back as it was.",
  "A share is a limit of `CUDA_MPS_ACTIVE_THREAD_PERCENTAGE`, not a reservation: cache and memory bandwidth stay shared. A tenant of several processes divides its share among them.",
  "Each process may allocate what was measured of it and a tenth more, at least 256 MiB (`CUDA_MPS_PINNED_DEVICE_MEM_LIMIT`); one that asks for more gets an out-of-memory error, and its neighbours do not.",
  "A static SM partition is exclusive, and nothing of it is lent; which chunks a card has is read from its daemon.",
  "Limits are fixed when a process starts. To change a running tenant, end it and start it again under the new plan.",
  "One user at a time: start all tenants of a card as the same user. A fatal fault of one client can take the others of its card down.",
];

/**
 * NVIDIA cards shared through MPS: scripts that check, start a control daemon for each card, start tenants with their share, their memory limit or
 * their static SM partition, and undo.
 *
 * Refused: pieces of other kinds, shares beyond the whole, tenants that are to take turns on a piece, more clients or memory than a card has,
 * processes whose part of a share is less than a card can give. Warned of: tenants whose memory was not measured, which get no limit.
 */
export const mps: Target<FleetPlan> = { kinds: ["fleet-plan"], write };

function write(plan: FleetPlan, options: EmitOptions): Emission {
  const cards = fleetCards(plan, options);
  const general = fleetRefusals(cards, "mps", ["whole", "mps-share", "sm-partition"]);
  const refusals = general.length > 0 ? general : cards.flatMap(mpsRefusals);
  if (refusals.length > 0) return { status: "refused", refusals };
  const limits = new Map(cards.flatMap((card) => [...memoryLimits(card)]));
  return fleetBundle(
    plan,
    cards,
    {
      name: "mps",
      title: "NVIDIA cards shared through MPS",
      device: new URL("mps/device.sh", import.meta.url),
      libraries: ["nvidia.sh", "mpsDaemon.sh"],
      runs: true,
      notes,
      files: [],
      variables: {},
      cardVariables,
      pieceVariables,
      tenantVariables: (tenant, piece) => ({
        percentage: clientPercentage(piece, tenant) ?? "",
        memory_limit_mib: limits.get(tenant.id) ?? "",
      }),
    },
    options,
    [...fleetWarnings(cards, plan.synthetic, options), ...cards.flatMap(tenantsOf).flatMap(memoryWarning)],
  );
}

function tenantsOf({ pieces }: FleetCard): readonly FleetTenant[] {
  return pieces.flatMap(({ tenants }) => tenants);
}

function cardVariables(card: FleetCard) {
  return {
    static: card.pieces.some(({ partition }) => partition.kind === "sm-partition") ? "yes" : "",
    memory_needed_mib: Math.ceil(memoryNeeded(tenantsOf(card)) / 2 ** 20),
  };
}

function pieceVariables({ partition }: FleetPiece) {
  return { multiprocessors: partition.kind === "sm-partition" ? partition.multiprocessors : "" };
}

function memoryWarning({ id, memoryBytes }: FleetTenant): readonly Warning[] {
  if (memoryBytes !== null) return [];
  return [
    {
      code: "memory-not-limited",
      where: `tenant "${id}"`,
      cause: "its memory was not measured, so it is given no limit and can crowd out its neighbours",
      advice: "measure its memory and plan again",
    },
  ];
}

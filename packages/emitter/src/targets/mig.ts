import { type FleetPiece, type FleetPlan, findMigProfile, type MigProfile } from "@partitune/schema";
import type { Emission, EmitOptions, Refusal, Target } from "../emission.ts";
import { fleetBundle } from "./fleet/fleetBundle.ts";
import { type FleetCard, fleetCards } from "./fleet/fleetCards.ts";
import { fleetRefusals } from "./fleet/fleetRefusals.ts";
import { fleetWarnings, turnsWarnings } from "./fleet/fleetWarnings.ts";
import { memoryRefusals } from "./mig/memoryRefusals.ts";

const notes = [
  "Each instance is made by a call of its own, `nvidia-smi mig -cgi ID:START -C`, and read back. The card's own listing says which number a profile has; where it contradicts the plan, nothing is made.",
  "Instances that are there already and exactly as planned are used as they are, and undo.sh leaves them. Others are left alone; if one takes a planned slice, nothing is made.",
  "MIG itself is not turned on: check.sh names the command. Instances are gone after a reboot: call apply.sh again.",
  "apply.sh writes the MIG UUID of each piece to `pieces.env` (PIECE_0=…, in the order below) and `pieces.tsv` in the state folder, for clients that are started otherwise.",
  "A tenant of several processes shares its instance through an MPS daemon of the instance's own, which apply.sh starts.",
];

/**
 * NVIDIA cards cut into MIG instances at their planned places, with `nvidia-smi mig`: scripts that check, apply, read back, start tenants and undo.
 *
 * Refused: pieces of other kinds, layouts that no card can have, instances without a start, tenants that do not fit the memory. Warned of: tenants
 * that are planned to take turns, which the driver does in slices of time instead of batches.
 */
export const mig: Target<FleetPlan> = { kinds: ["fleet-plan"], write };

function write(plan: FleetPlan, options: EmitOptions): Emission {
  const cards = fleetCards(plan, options);
  const general = fleetRefusals(cards, "mig", ["mig"]);
  const refusals: readonly Refusal[] =
    general.length > 0
      ? general
      : cards.flatMap(({ pieces }) => pieces.flatMap(startRefusals)).concat(cards.flatMap(memoryRefusals));
  if (refusals.length > 0) return { status: "refused", refusals };
  const pieces = cards.flatMap((card) => card.pieces);
  return fleetBundle(
    plan,
    cards,
    {
      name: "mig",
      title: "MIG instances of NVIDIA cards",
      device: new URL("mig/device.sh", import.meta.url),
      libraries: ["nvidia.sh", "migInstances.sh", "mpsDaemon.sh"],
      runs: true,
      notes,
      files: [],
      variables: { daemons_needed: pieces.some(needsDaemon) ? "yes" : "" },
      cardVariables: () => ({}),
      pieceVariables,
      tenantVariables: () => ({}),
    },
    options,
    [...fleetWarnings(cards, plan.synthetic, options), ...turnsWarnings(cards)],
  );
}

function pieceVariables(piece: FleetPiece, { kind }: FleetCard) {
  const { profile, start } = placed(piece, kind);
  const bytes = piece.tenants.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0);
  return {
    profile: profile.name,
    profile_id: profile.id,
    start,
    size: profile.size,
    multiprocessors: profile.multiprocessors ?? "",
    memory_needed_mib: Math.ceil(bytes / 2 ** 20),
    daemon: needsDaemon(piece) ? "yes" : "",
  };
}

function placed({ partition }: FleetPiece, device: FleetCard["kind"]): { profile: MigProfile; start: number } {
  if (partition.kind !== "mig" || partition.start === undefined) throw new Error("refused before");
  return { profile: findMigProfile(device, partition.profile).profile, start: partition.start };
}

function needsDaemon({ tenants }: FleetPiece): boolean {
  return tenants.some(({ processes }) => processes > 1);
}

function startRefusals({ id, partition }: FleetPiece): readonly Refusal[] {
  if (partition.kind !== "mig" || partition.start !== undefined) return [];
  const cause = "its plan does not say at which memory slice it begins";
  return [{ where: `piece "${id}"`, cause, advice: "plan again, or emit the plan for mig-parted" }];
}

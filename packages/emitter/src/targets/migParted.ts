import { enumerateLayouts, type FleetPlan, migTableOf, type Warning } from "@partitune/schema";
import type { Emission, EmitOptions, Refusal, Target } from "../emission.ts";
import { planId } from "../planId.ts";
import { fleetBundle } from "./fleet/fleetBundle.ts";
import { type FleetCard, fleetCards } from "./fleet/fleetCards.ts";
import { fleetRefusals } from "./fleet/fleetRefusals.ts";
import { fleetWarnings, turnsWarnings } from "./fleet/fleetWarnings.ts";
import { memoryRefusals } from "./mig/memoryRefusals.ts";
import { deviceIds } from "./migParted/deviceIds.ts";
import { sizesOf, writeConfig } from "./migParted/writeConfig.ts";

const notes = [
  "`config.yaml` is for the GPU Operator's ConfigMap, too: its configuration has the plan's id as its name, which is what the node's label `nvidia.com/mig.config` is set to.",
  "`nvidia-mig-parted apply` clears a card that is cut otherwise and tries orders of creation until one works. To keep pieces that are there, emit the plan for mig.",
  "It cannot be told where an instance begins; planned places stand in comments. Speed and memory do not depend on the place, so the promises hold; what needs the places is changing the plan later with few changes.",
  "undo.sh applies what was there before, of these cards alone; `export.yaml` in the record is the whole machine's as nvidia-mig-parted exported it. Instances get back their sizes, not their places.",
  "apply.sh writes a MIG UUID for each piece to `pieces.env` (PIECE_0=…, in the order below) and `pieces.tsv` in the state folder. Tenants are not started here.",
];

/**
 * NVIDIA cards cut into MIG instances by nvidia-mig-parted: its configuration, and scripts that check, apply, read back and undo.
 *
 * Refused: pieces of other kinds, layouts that no card can have, cards named by UUID, tenants that do not fit the memory. Warned of: sizes that the
 * driver may place otherwise than planned. A card whose pieces are in use is refused by check.sh, since the whole card is cleared.
 */
export const migParted: Target<FleetPlan> = { kinds: ["fleet-plan"], write };

function write(plan: FleetPlan, options: EmitOptions): Emission {
  const cards = fleetCards(plan, options);
  const general = [...fleetRefusals(cards, "mig-parted", ["mig"]), ...cards.flatMap(nameRefusals)];
  const refusals = general.length > 0 ? general : cards.flatMap(memoryRefusals);
  if (refusals.length > 0) return { status: "refused", refusals };
  const id = planId(options.name);
  return fleetBundle(
    plan,
    cards,
    {
      name: "mig-parted",
      title: "MIG instances of NVIDIA cards, by nvidia-mig-parted",
      device: new URL("migParted/device.sh", import.meta.url),
      libraries: ["nvidia.sh", "migInstances.sh"],
      runs: false,
      notes,
      files: [{ path: "config.yaml", content: writeConfig(cards, id), executable: false }],
      variables: {},
      cardVariables: (card) => ({
        device_ids: deviceIds(card.kind).join(" "),
        card_sizes: [...sizesOf(card)].map(([profile, n]) => `${profile} ${n}`).join(","),
      }),
      pieceVariables: ({ partition }) => ({ profile: partition.kind === "mig" ? partition.profile : "" }),
      tenantVariables: () => ({}),
    },
    options,
    [...fleetWarnings(cards, plan.synthetic, options), ...turnsWarnings(cards), ...cards.flatMap(placeWarning)],
  );
}

function nameRefusals({ gpu, id }: FleetCard): readonly Refusal[] {
  if (/^\d+$/.test(gpu)) return [];
  const cause = `it is GPU "${gpu}", and nvidia-mig-parted knows cards by index alone`;
  return [
    { where: `card "${id}"`, cause, advice: "give its index, which nvidia-smi -L lists, or emit the plan for mig" },
  ];
}

/** Sizes that fit a card in one way only end up where they are planned. */
function placeWarning(card: FleetCard): readonly Warning[] {
  const sizes = (profiles: readonly string[]) => [...profiles].sort().join();
  const wanted = card.pieces.flatMap(({ partition }) => (partition.kind === "mig" ? [partition.profile] : []));
  const layouts = enumerateLayouts(migTableOf(card.kind)!, [...new Set(wanted)]);
  const ways = layouts.filter((layout) => sizes(layout.map(({ profile }) => profile)) === sizes(wanted)).length;
  if (ways <= 1) return [];
  return [
    {
      code: "places-not-kept",
      where: `card "${card.id}"`,
      cause: `its instances can be placed in ${ways} ways, and nvidia-mig-parted leaves the choice to the driver`,
      advice: "emit the plan for mig if their places matter, as for later changes of the plan",
    },
  ];
}

import { type FleetPlan, type ModePlan, type ModeSchedule, type PowerMode, powerSettings } from "@partitune/schema";
import type { Emission, EmitOptions, Refusal, Target } from "../emission.ts";
import { checkedGpus } from "./checkedGpus.ts";
import { type FleetCard, fleetCards } from "./fleet/fleetCards.ts";
import { cardMode, settingAdvice, settingRefusals, settingVariables } from "./nvidiaSmi/cardMode.ts";
import { modesOf, type PlannedModes } from "./power/modesOf.ts";
import { powerBundle } from "./power/powerBundle.ts";

const notes = [
  "Power limits are set with `nvidia-smi -pl`, clocks locked with `-lgc` and `-lmc`. They hold for the whole card: MIG instances share them.",
  "The driver forgets them when its last user ends, unless persistence mode is on; check.sh says whether it is.",
  "The power limit is recorded and put back. Which clocks were locked before cannot be read from the driver: undo.sh unlocks those the plan locked.",
  "A locked clock is read back as the current one, which an idle or throttled card runs below: look at status.sh under load, too.",
  "A power limit is not the draw: a card may draw more than a low limit, so measure it.",
];

/**
 * NVIDIA cards: power limit and locked clocks through nvidia-smi, with scripts that check what the card allows, apply, read back and
 * undo.
 *
 * Of a fleet plan it sets the power mode of the cards, which must have the same.
 *
 * Refused: settings that nvidia-smi has not (processor cores and clocks), clocks that are no whole number of MHz, cards of a fleet with different
 * modes.
 */
export const nvidiaSmi: Target<ModePlan | ModeSchedule | FleetPlan> = {
  kinds: ["mode-plan", "mode-schedule", "fleet-plan"],
  write,
};

function write(plan: ModePlan | ModeSchedule | FleetPlan, options: EmitOptions): Emission {
  const cards = plan.kind === "fleet-plan" ? fleetCards(plan, options) : [];
  const planned = plan.kind === "fleet-plan" ? fleetModes(cards) : modesOf(plan);
  const refusals = [
    ...(plan.kind === "fleet-plan" ? unlikeRefusals(cards) : []),
    ...planned.modes.flatMap(settingRefusals),
    ...nothingSet(planned.modes),
  ];
  if (refusals.length > 0) return { status: "refused", refusals };
  const gpus = plan.kind === "fleet-plan" ? cards.map(({ gpu }) => gpu) : checkedGpus(options.gpus ?? ["0"]);
  return powerBundle(
    plan,
    planned,
    {
      script: new URL("nvidiaSmi/device.sh", import.meta.url),
      notes,
      variables: { gpus: gpus.join(" ") },
      modes: planned.modes.map((mode) => ({ variables: settingVariables(mode), settings: [] })),
      files: [],
    },
    options,
  );
}

/** The power mode of a fleet's cards: the first one's, since all have the same. */
function fleetModes(cards: readonly FleetCard[]): PlannedModes {
  const modes = cards.slice(0, 1).map(({ kind, powerMode }) => cardMode(kind, powerMode));
  return { modes, periods: [], repeat: false };
}

function unlikeRefusals(cards: readonly FleetCard[]): readonly Refusal[] {
  const strange = cards.find(({ kind }) => kind.kind !== "nvidia");
  if (strange !== undefined)
    return [{ where: `card "${strange.id}"`, cause: "it is no NVIDIA card", advice: "choose other cards" }];
  const other = cards.find(({ powerMode, device }) => powerMode !== cards[0]!.powerMode || device !== cards[0]!.device);
  if (other === undefined) return [];
  const cause = `it is a "${other.device}" in power mode "${other.powerMode}", unlike card "${cards[0]!.id}", and one bundle sets one mode`;
  return [
    {
      where: `card "${other.id}"`,
      cause,
      advice: "plan one power mode for the cards of a machine",
    },
  ];
}

/** A mode of a schedule may leave everything as it was before the plan; a plan may not. */
function nothingSet(modes: readonly PowerMode[]): readonly Refusal[] {
  if (modes.some((mode) => powerSettings.some((setting) => mode[setting] !== undefined))) return [];
  return [{ where: "the plan", cause: "it sets nothing: no power cap and no clocks are given", advice: settingAdvice }];
}

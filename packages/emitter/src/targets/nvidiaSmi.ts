import {
  type Device,
  type FleetPlan,
  type Hertz,
  InputError,
  type ModePlan,
  type ModeSchedule,
  type PowerMode,
  powerModesOf,
  powerSettings,
} from "@partitune/schema";
import type { Emission, EmitOptions, Refusal, Target } from "../emission.ts";
import { checkedGpus } from "./checkedGpus.ts";
import { type FleetCard, fleetCards } from "./fleet/fleetCards.ts";
import { modesOf, type PlannedModes } from "./power/modesOf.ts";
import { powerBundle } from "./power/powerBundle.ts";

const notes = [
  "Power limits are set with `nvidia-smi -pl`, clocks locked with `-lgc` and `-lmc`. They hold for the whole card: MIG instances share them.",
  "The driver forgets them when its last user ends, unless persistence mode is on; check.sh says whether it is.",
  "The power limit is recorded and put back. Which clocks were locked before cannot be read from the driver: undo.sh unlocks those the plan locked.",
  "A locked clock is read back as the current one, which an idle or throttled card runs below: look at status.sh under load, too.",
  "A power limit is not the draw: a card may draw more than a low limit, so measure it.",
];

const advice = "search again over power caps and clocks that the card lists";

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
    ...planned.modes.flatMap(refusalsOf),
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
      modes: planned.modes.map((mode) => ({ variables: variablesOf(mode), settings: [] })),
      files: [],
    },
    options,
  );
}

/** The power mode of a fleet's cards: the first one's, since all have the same. */
function fleetModes(cards: readonly FleetCard[]): PlannedModes {
  const modes = cards.slice(0, 1).map(({ kind, powerMode }) => modeOf(kind, powerMode));
  return { modes, periods: [], repeat: false };
}

/** @throws InputError when the device has no mode of this name */
function modeOf(device: Device, name: string): PowerMode {
  const mode = powerModesOf(device).find((each) => each.name === name);
  if (mode !== undefined) return mode;
  throw new InputError({
    what: `power mode "${name}"`,
    problem: `is none of device "${device.name}"`,
    advice: "plan again, or add it to the plan's device",
  });
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

function refusalsOf(mode: PowerMode): readonly Refusal[] {
  const where = `power mode "${mode.name}"`;
  const causes = [
    ...(mode.cores === undefined ? [] : [`it sets ${mode.cores} processor cores`]),
    ...(mode.cpuHertz === undefined ? [] : [`it sets a processor clock of ${mode.cpuHertz / 1e6} MHz`]),
  ].map((cause) => `${cause}, and nvidia-smi sets cards alone`);
  const broken = [mode.gpuHertz, mode.memoryHertz].filter((hertz) => hertz !== undefined && !isWholeMegahertz(hertz));
  causes.push(...broken.map((hertz) => `it locks a clock of ${hertz! / 1e6} MHz, and nvidia-smi takes whole MHz`));
  const cap = mode.powerCapWatts;
  if (cap !== undefined && Math.abs(cap * 100 - Math.round(cap * 100)) > 1e-6)
    causes.push(`it caps power at ${cap} W, and nvidia-smi takes hundredths of a watt`);
  return causes.map((cause) => ({ where, cause, advice }));
}

/** A mode of a schedule may leave everything as it was before the plan; a plan may not. */
function nothingSet(modes: readonly PowerMode[]): readonly Refusal[] {
  if (modes.some((mode) => powerSettings.some((setting) => mode[setting] !== undefined))) return [];
  return [{ where: "the plan", cause: "it sets nothing: no power cap and no clocks are given", advice }];
}

function isWholeMegahertz(hertz: Hertz): boolean {
  return Math.abs(hertz / 1e6 - Math.round(hertz / 1e6)) < 1e-9;
}

function variablesOf({ powerCapWatts, gpuHertz, memoryHertz }: PowerMode): Readonly<Record<string, string>> {
  const megahertz = (hertz: Hertz | undefined) => (hertz === undefined ? "" : String(Math.round(hertz / 1e6)));
  return {
    power_cap_w: powerCapWatts === undefined ? "" : String(powerCapWatts),
    gpu_mhz: megahertz(gpuHertz),
    memory_mhz: megahertz(memoryHertz),
  };
}

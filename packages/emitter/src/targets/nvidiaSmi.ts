import { type Hertz, type ModePlan, type ModeSchedule, type PowerMode, powerSettings } from "@partitune/schema";
import type { Emission, EmitOptions, Refusal, Target } from "../emission.ts";
import { checkedGpus } from "./checkedGpus.ts";
import { modesOf } from "./power/modesOf.ts";
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
 * Refused: settings that nvidia-smi has not (processor cores and clocks), clocks that are no whole number of MHz.
 */
export const nvidiaSmi: Target<ModePlan | ModeSchedule> = { kinds: ["mode-plan", "mode-schedule"], write };

function write(plan: ModePlan | ModeSchedule, options: EmitOptions): Emission {
  const planned = modesOf(plan);
  const refusals = [...planned.modes.flatMap(refusalsOf), ...nothingSet(planned.modes)];
  if (refusals.length > 0) return { status: "refused", refusals };
  return powerBundle(
    plan,
    planned,
    {
      script: new URL("nvidiaSmi/device.sh", import.meta.url),
      notes,
      variables: { gpus: checkedGpus(options.gpus ?? ["0"]).join(" ") },
      modes: planned.modes.map((mode) => ({ variables: variablesOf(mode), settings: [] })),
      files: [],
    },
    options,
  );
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

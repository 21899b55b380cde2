import { InputError, type ModePlan, type ModeSchedule, type PowerMode, powerSettings } from "@partitune/schema";
import type { Emission, EmitOptions, EmittedFile, Refusal, Target } from "../emission.ts";
import { digest, planId } from "../planId.ts";
import { type NvpmodelConf, type PowerModel, parseNvpmodel } from "./nvpmodel/parseNvpmodel.ts";
import { patchNvpmodel, unpatchNvpmodel } from "./nvpmodel/patchNvpmodel.ts";
import { type ReadableSetting, toPowerModel } from "./nvpmodel/toPowerModel.ts";
import { modesOf } from "./power/modesOf.ts";
import { powerBundle } from "./power/powerBundle.ts";

/** A mode of the plan as the board has it, and whether the board's file must be given it. */
interface BoardMode {
  readonly model: PowerModel;
  readonly readable: readonly ReadableSetting[];
  readonly gates: readonly ReadableSetting[];
  readonly base: PowerModel;
  readonly added: boolean;
}

const notes = [
  "Each mode is a further POWER_MODEL of the board's own `nvpmodel.conf`, made after its unrestricted mode; only cores, and the upper clocks of processor, GPU and memory differ. `jetson_clocks` then pins the clocks to these. It is stored first and restored by undo.sh.",
  "apply.sh patches the file only if it is the one the plan was emitted for (`nvpmodel.conf.before`); undo.sh takes out exactly what was put in, whatever else was changed meanwhile.",
  "A watt label of a mode meters nothing: measure the board's power under load.",
  "Boards want a reboot when other parts of the GPU are to be switched on than now; check.sh says so. Then set the unrestricted mode by hand, reboot, and apply. apply.sh never reboots: it answers no, says so and puts back what was set.",
  "The mode outlives a reboot, the pinned clocks do not: call apply.sh again.",
];

/**
 * A Jetson board: each mode as a further POWER_MODEL block patched into the board's own `nvpmodel.conf`, with scripts that check,
 * apply, read back and undo. A mode without settings is one that the board has by that name.
 *
 * Refused: power caps, and whatever the board's file has no parameter for.
 */
export const nvpmodel: Target<ModePlan | ModeSchedule> = { kinds: ["mode-plan", "mode-schedule"], write };

function write(plan: ModePlan | ModeSchedule, options: EmitOptions): Emission {
  if (options.nvpmodelConf === undefined)
    throw new InputError({
      what: "target nvpmodel",
      problem: "needs the board's own file, into which the mode is patched",
      advice: "copy /etc/nvpmodel.conf from the board and give it",
    });
  const id = planId(options.name);
  const before = unpatchNvpmodel(options.nvpmodelConf, id);
  const conf = parseNvpmodel(before);
  const planned = modesOf(plan);
  const refusals: Refusal[] = [];
  const firstFree = Math.max(...conf.models.map((model) => model.id)) + 1;
  const modes = planned.modes.flatMap((mode, n) => boardMode(mode, plan, conf, firstFree + n, options.name, refusals));
  if (refusals.length > 0) return { status: "refused", refusals };
  const added = modes.flatMap(({ model, added }) => (added ? [model] : []));
  return powerBundle(
    plan,
    planned,
    {
      script: new URL("nvpmodel/device.sh", import.meta.url),
      notes,
      variables: { own_ids: added.map((model) => model.id).join(" "), default_id: String(conf.defaultId) },
      modes: modes.map(({ model, readable, gates, base }) => ({
        variables: {
          model_id: String(model.id),
          model_name: model.name,
          base_id: String(base.id),
          base_name: base.name,
        },
        settings: readable.map(describe),
        gates: gates.map(describe),
      })),
      files: [text("nvpmodel.conf.before", before), text("nvpmodel.conf", patchNvpmodel(before, id, added))],
    },
    options,
  );
}

function boardMode(
  mode: PowerMode,
  { device }: ModePlan | ModeSchedule,
  conf: NvpmodelConf,
  id: number,
  planName: string,
  refusals: Refusal[],
): readonly BoardMode[] {
  const known = powerSettings.every((setting) => mode[setting] === undefined) && knownModel(mode.name, conf);
  if (known) return [{ model: known, readable: [], gates: [], base: known, added: false }];
  const translation = toPowerModel(mode, device, conf, id, modelName(mode.name, planName));
  if (translation.status === "translated") return [{ ...translation, added: true }];
  for (const cause of translation.causes)
    refusals.push({ where: `power mode "${mode.name}"`, cause, advice: adviceFor(conf) });
  return [];
}

/** The board's own mode of a name, which it may write in capitals or with MODE_ in front. */
function knownModel(name: string, { models }: NvpmodelConf): PowerModel | undefined {
  const wanted = name.toUpperCase();
  return models.find((model) => [wanted, `MODE_${wanted}`].includes(model.name.toUpperCase()));
}

/** Letters, digits and underscores, and few of them, which every reader of the file takes; different for different modes and plans. */
function modelName(mode: string, plan: string): string {
  const readable = mode.replaceAll(/[^A-Za-z0-9]+/g, "_").slice(0, 12);
  return `PARTITUNE_${readable}_${digest(JSON.stringify([plan, mode]))}`.toUpperCase();
}

function adviceFor({ models }: NvpmodelConf): string {
  const names = models.map(({ name }) => name).join(", ");
  return `choose a mode that cores and clocks describe, or one of the board's own: ${names}`;
}

function describe({ label, value, paths, tables, pinned }: ReadableSetting): readonly string[] {
  const two = (list: readonly string[]) => [list[0] ?? "", list[1] ?? ""];
  return [label, value, ...two(paths), ...two(tables), ...two(pinned)];
}

function text(path: string, content: string): EmittedFile {
  return { path, content, executable: false };
}

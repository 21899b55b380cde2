import type { Device, Hertz, PowerMode } from "@partitune/schema";
import { powerModesOf } from "@partitune/schema";
import type { NvpmodelConf, NvpmodelParameter, NvpmodelSetting, PowerModel } from "./parseNvpmodel.ts";

/** A setting that can be read back: the file behind it, the file with its legal values, and the value. */
export interface ReadableSetting {
  /** Parameter and argument, such as `GPU MAX_FREQ`. */
  readonly label: string;
  /** Where it stands; of several paths the first that is there. */
  readonly paths: readonly string[];
  readonly value: string;
  /** Files that list the values the kernel knows; empty where there are none. */
  readonly tables: readonly string[];
  /** Where the lower bound stands that `jetson_clocks` raises to this value; empty where it does not. */
  readonly pinned: readonly string[];
}

/** A power mode in a board's own words, or why it has none for it. */
export type Translation =
  | {
      readonly status: "translated";
      readonly model: PowerModel;
      readonly readable: readonly ReadableSetting[];
      /** Which parts of the GPU are switched on: boards want a reboot when that changes. */
      readonly gates: readonly ReadableSetting[];
      /** The board's mode that this one is made after. */
      readonly base: PowerModel;
    }
  | { readonly status: "refused"; readonly causes: readonly string[] };

interface Wanted {
  readonly parameter: NvpmodelParameter;
  readonly argument: string;
  readonly value: string;
}

/**
 * A power mode as a power model of a board, with the parameters that the board's file has and no others.
 *
 * What the mode does not set is as in the board's unrestricted mode (the first whose name begins with MAXN, else its default). Clocks
 * of processor clusters stand in kHz and the others in Hz, as the kernel's files have them. The highest memory clock is written as the
 * unrestricted mode has it, 0 on most boards, since nvpmodel takes no cap at the maximum.
 *
 * @param id  the model's number, free in the file
 * @param name  the model's name: letters, digits, underscores
 */
export function toPowerModel(
  mode: PowerMode,
  device: Device,
  conf: NvpmodelConf,
  id: number,
  name: string,
): Translation {
  const base = unrestricted(conf);
  const causes: string[] = [];
  const wanted = [
    ...coresOf(mode, conf, causes),
    ...cpuClocks(mode, conf, causes),
    ...clockOf("GPU", mode.gpuHertz, conf, causes),
    ...memoryClock(mode, device, base, conf, causes),
  ];
  if (mode.powerCapWatts !== undefined)
    causes.push(`it caps power at ${mode.powerCapWatts} W, and nvpmodel sets clocks and cores, not power`);
  if (wanted.length === 0 && causes.length === 0)
    causes.push("it sets nothing: no cores and no clocks are given for it");
  if (causes.length > 0) return { status: "refused", causes };
  const settings = base.settings.flatMap((setting) => overridden(setting, wanted, offlineClusters(mode, conf)));
  const missing = wanted.filter((want) => !settings.some((setting) => isOf(setting, want)));
  if (missing.length > 0) {
    const words = missing.map(({ parameter, argument }) => `${parameter.name} ${argument}`);
    return {
      status: "refused",
      causes: [`mode ${base.name} of the board, after which it is made, does not set ${words.join(", ")}`],
    };
  }
  const readable = wanted.map(readableOf);
  return { status: "translated", model: { id, name, settings }, readable, gates: gatesOf(settings, conf), base };
}

function gatesOf(settings: readonly NvpmodelSetting[], { parameters }: NvpmodelConf): readonly ReadableSetting[] {
  return settings
    .filter(({ argument }) => argument.endsWith("_PG_MASK"))
    .map(({ parameter, argument, value }) =>
      readableOf({ parameter: parameters.find(({ name }) => name === parameter)!, argument, value }),
    );
}

function unrestricted({ models, defaultId }: NvpmodelConf): PowerModel {
  return models.find(({ name }) => name.startsWith("MAXN")) ?? models.find(({ id }) => id === defaultId) ?? models[0]!;
}

function coresOf({ cores }: PowerMode, conf: NvpmodelConf, causes: string[]): readonly Wanted[] {
  if (cores === undefined) return [];
  const online = conf.parameters.flatMap((parameter) =>
    Object.entries(parameter.paths).flatMap(([argument, path]) => {
      const core = /\/cpu(\d+)\/online$/.exec(path)?.[1];
      return core === undefined ? [] : [{ parameter, argument, core: Number(core) }];
    }),
  );
  if (online.length === 0)
    causes.push(`it wants ${cores} cores, and the file has no parameter that takes cores offline`);
  else if (cores > online.length) causes.push(`it wants ${cores} cores, and the file has ${online.length}`);
  return online
    .toSorted((a, b) => a.core - b.core)
    .map(({ parameter, argument }, i) => ({ parameter, argument, value: i < cores ? "1" : "0" }));
}

/** Clusters of processor cores, each with the number of its first core. */
function clustersOf({ parameters }: NvpmodelConf) {
  return parameters.flatMap((parameter) => {
    const core = /\/cpu\/(?:cpu|cpufreq\/policy)(\d+)\/(?:cpufreq\/)?scaling_max_freq$/.exec(
      parameter.paths.MAX_FREQ ?? "",
    );
    return core === null ? [] : [{ parameter, firstCore: Number(core[1]) }];
  });
}

/** Clusters without a core online: the boards' own modes do not set their clocks, since there is no file to set them in. */
function offlineClusters({ cores = Number.POSITIVE_INFINITY }: PowerMode, conf: NvpmodelConf): readonly string[] {
  return clustersOf(conf).flatMap(({ parameter, firstCore }) => (firstCore >= cores ? [parameter.name] : []));
}

function cpuClocks(mode: PowerMode, conf: NvpmodelConf, causes: string[]): readonly Wanted[] {
  if (mode.cpuHertz === undefined) return [];
  const clusters = clustersOf(conf);
  if (clusters.length === 0)
    causes.push("it sets the processor clock, and the file has no parameter with scaling_max_freq");
  const value = whole(mode.cpuHertz / 1e3, `a processor clock of ${mode.cpuHertz} Hz`, "kHz", causes);
  const offline = offlineClusters(mode, conf);
  return clusters
    .filter(({ parameter }) => !offline.includes(parameter.name))
    .map(({ parameter }) => ({ parameter, argument: "MAX_FREQ", value }));
}

function clockOf(name: string, hertz: Hertz | undefined, conf: NvpmodelConf, causes: string[]): readonly Wanted[] {
  if (hertz === undefined) return [];
  const parameter = conf.parameters.find((each) => each.name === name && each.paths.MAX_FREQ !== undefined);
  if (parameter === undefined) {
    causes.push(`it sets the clock ${name}, and the file has no parameter ${name} with MAX_FREQ`);
    return [];
  }
  return [{ parameter, argument: "MAX_FREQ", value: whole(hertz, `a clock of ${hertz} Hz`, "Hz", causes) }];
}

function memoryClock(mode: PowerMode, device: Device, base: PowerModel, conf: NvpmodelConf, causes: string[]) {
  const wanted = clockOf("EMC", mode.memoryHertz, conf, causes);
  const highest = Math.max(...powerModesOf(device).map(({ memoryHertz }) => memoryHertz ?? 0));
  const released = base.settings.find(({ parameter, argument }) => parameter === "EMC" && argument === "MAX_FREQ");
  if (mode.memoryHertz !== highest || released === undefined) return wanted;
  return wanted.map((want) => ({ ...want, value: released.value }));
}

function whole(value: number, what: string, unit: string, causes: string[]): string {
  const rounded = Math.round(value);
  if (Math.abs(value - rounded) > 1e-6) causes.push(`it sets ${what}, which is no whole number of ${unit}`);
  return String(rounded);
}

function isOf({ parameter, argument }: NvpmodelSetting, wanted: Wanted): boolean {
  return parameter === wanted.parameter.name && argument === wanted.argument;
}

/** A line of the unrestricted mode as the new one has it: replaced, left out, or with its lower bound below the new upper one. */
function overridden(
  setting: NvpmodelSetting,
  wanted: readonly Wanted[],
  offline: readonly string[],
): readonly NvpmodelSetting[] {
  if (offline.includes(setting.parameter)) return [];
  const want = wanted.find((each) => isOf(setting, each));
  if (want !== undefined) return [{ ...setting, value: want.value }];
  const upper = wanted.find(
    ({ parameter, argument }) => parameter.name === setting.parameter && argument === "MAX_FREQ",
  );
  const tooHigh = setting.argument === "MIN_FREQ" && upper !== undefined && Number(setting.value) > Number(upper.value);
  return [tooHigh ? { ...setting, value: upper.value } : setting];
}

function readableOf({ parameter, argument, value }: Wanted): ReadableSetting {
  const { paths } = parameter;
  const either = (name: string) => [paths[name], paths[`${name}_KNEXT`]].filter((path) => path !== undefined);
  const isClock = argument === "MAX_FREQ" && Number(value) > 0;
  return {
    label: `${parameter.name} ${argument}`,
    paths: either(argument),
    value,
    tables: isClock ? either("FREQ_TABLE") : [],
    pinned: isClock ? either("MIN_FREQ") : [],
  };
}

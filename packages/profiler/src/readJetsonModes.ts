import { type NvpmodelConf, type PowerModel, parseNvpmodel } from "@partitune/emitter";
import { type Device, type Hertz, InputError, type PowerLevels, type PowerMode } from "@partitune/schema";
import { parseFrequencies } from "./parseFrequencies.ts";

/** Files of a board, as text. */
export interface JetsonFiles {
  /** `/etc/nvpmodel.conf` */
  readonly nvpmodel: string;
  /** `scaling_available_frequencies` of a processor cluster, kHz. */
  readonly cpuKilohertz: string;
  /** `available_frequencies` of the GPU's devfreq folder, Hz. */
  readonly gpuHertz: string;
  /** Rates of the memory controller, kHz, where the board lists them; else the caps of the file's own modes are the levels. */
  readonly memoryKilohertz?: string;
}

/** The power modes of one board. */
export interface JetsonModes extends Pick<Device, "powerModes"> {
  readonly powerLevels: PowerLevels;
}

/** Clocks of a board, rising. */
interface Clocks {
  readonly cpu: readonly Hertz[];
  readonly gpu: readonly Hertz[];
  readonly memory: readonly Hertz[];
}

/**
 * The power modes of a Jetson as the board itself tells them: the modes of its nvpmodel.conf, the default first, and every combination of its clocks with an
 * even number of cores.
 *
 * @throws InputError when a file cannot be read
 * @example { ...devices["jetson-orin-agx"], ...readJetsonModes({ nvpmodel, cpuKilohertz, gpuHertz }) }
 */
export function readJetsonModes(files: JetsonFiles): JetsonModes {
  const conf = parseNvpmodel(files.nvpmodel);
  const clocks: Clocks = {
    cpu: parseFrequencies(files.cpuKilohertz, "the list of processor clocks", 1e3),
    gpu: parseFrequencies(files.gpuHertz, "the list of GPU clocks", 1),
    memory: memoryClocks(conf, files.memoryKilohertz),
  };
  const { defaultId, models } = conf;
  const ordered = [...models.filter(({ id }) => id === defaultId), ...models.filter(({ id }) => id !== defaultId)];
  const cores = Math.max(...models.map((model) => coresOf(model, conf)));
  return {
    powerModes: ordered.map((model) => toPowerMode(model, conf, clocks)),
    powerLevels: {
      cores: Array.from({ length: Math.max(1, Math.floor(cores / 2)) }, (_, i) => Math.min(cores, 2 * (i + 1))),
      cpuHertz: clocks.cpu,
      gpuHertz: clocks.gpu,
      ...(clocks.memory.length === 0 ? {} : { memoryHertz: clocks.memory }),
    },
  };
}

function memoryClocks({ models }: NvpmodelConf, listed: string | undefined): readonly Hertz[] {
  if (listed !== undefined) return parseFrequencies(listed, "the list of memory clocks", 1e3);
  const caps = models.map((model) => limitOf(model, "EMC")).filter((cap) => cap !== undefined && cap > 0) as number[];
  return [...new Set(caps)].sort((a, b) => a - b);
}

function toPowerMode(model: PowerModel, conf: NvpmodelConf, clocks: Clocks): PowerMode {
  const memory = atMost(limitOf(model, "EMC"), clocks.memory);
  return {
    name: model.name,
    cores: coresOf(model, conf),
    cpuHertz: cpuHertzOf(model, conf, clocks.cpu),
    gpuHertz: atMost(limitOf(model, "GPU"), clocks.gpu)!,
    ...(memory === undefined ? {} : { memoryHertz: memory }),
  };
}

function coresOf({ name, settings }: PowerModel, { parameters }: NvpmodelConf): number {
  const paths = new Map(
    parameters.flatMap((each) =>
      Object.entries(each.paths).map(([argument, path]) => [`${each.name} ${argument}`, path] as const),
    ),
  );
  const online = settings.filter(
    ({ parameter, argument, value }) =>
      value === "1" && /\/cpu\d+\/online$/.test(paths.get(`${parameter} ${argument}`) ?? ""),
  );
  if (online.length > 0) return online.length;
  throw new InputError({
    what: `mode ${name} of nvpmodel.conf`,
    problem: "brings no core online",
    advice: "give the file of the board itself",
  });
}

/** The highest clock of any cluster. */
function cpuHertzOf(model: PowerModel, { parameters }: NvpmodelConf, clocks: readonly Hertz[]): Hertz {
  const clusters = parameters.filter(({ paths }) => paths.MAX_FREQ?.endsWith("/scaling_max_freq"));
  const limits = clusters.map(({ name }) => limitOf(model, name)).filter((limit) => limit !== undefined) as number[];
  const highest = limits.length === 0 || limits.some((limit) => limit <= 0) ? 0 : Math.max(...limits) * 1e3;
  return atMost(highest, clocks)!;
}

function limitOf({ settings }: PowerModel, parameter: string): number | undefined {
  const found = settings.find((setting) => setting.parameter === parameter && setting.argument === "MAX_FREQ");
  return found && Number(found.value);
}

/** -1 and 0 mean no limit. A limit between two clocks is the lower one. */
function atMost(limit: number | undefined, clocks: readonly Hertz[]): Hertz | undefined {
  if (limit === undefined || limit <= 0) return clocks.at(-1);
  return clocks.findLast((clock) => clock <= limit) ?? clocks[0];
}

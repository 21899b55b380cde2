import { release } from "node:os";
import { type NvpmodelConf, type PowerModel, parseNvpmodel } from "@partitune/emitter";
import type { Device, PowerLevels, PowerMode, Warning } from "@partitune/schema";
import { modeNotApplied } from "../modeNotApplied.ts";
import { parseFrequencies } from "../parseFrequencies.ts";
import { readJetsonModes } from "../readJetsonModes.ts";
import { type BoardFiles, textOf } from "./boardFiles.ts";
import type { KnownBoard } from "./boards.ts";
import { findBoard } from "./findBoard.ts";
import { type BoardClocks, findClocks } from "./findClocks.ts";
import { findRails, type Rails } from "./findRails.ts";
import { currentMode } from "./nvpmodel.ts";
import type { BoardPrograms } from "./programs.ts";
import { readLevels } from "./readLevels.ts";
import { readTegrastats } from "./tegrastatsSampler.ts";
import { type TotalRule, totalRule } from "./totalPower.ts";

/** A board, as it describes itself. */
export interface DescribedBoard {
  readonly device: Device;
  /** What makes two measurements on it comparable. */
  readonly environment: Readonly<Record<string, string>>;
  readonly warnings: readonly Warning[];
  /** What is known of it beyond; undefined for a board that is not on the list. */
  readonly known: KnownBoard | undefined;
  readonly clocks: BoardClocks;
  readonly rails: Rails;
  /** Where its power is read. */
  readonly source: "files" | "tegrastats";
  readonly rule: TotalRule;
  readonly conf: { readonly text: string; readonly parsed: NvpmodelConf } | undefined;
}

/** What a description depends on. */
export interface DescribeBoardOptions {
  readonly files: BoardFiles;
  readonly programs: BoardPrograms;
  /** Whether this process may set power modes; else the one that the board is in is the only one. */
  readonly maySet: boolean;
}

/** Memory is told in such steps: what the kernel keeps for itself differs from release to release. */
const memoryStep = 64 * 2 ** 20;

/**
 * A Jetson as a device: what it calls itself, its cores and memory, the modes of its nvpmodel.conf and the grid of its clocks. Modes that switch parts of the GPU on or off, which boards do at a restart only, are left out with a
 * warning.
 *
 * @throws InputError when this is no Jetson, or its nvpmodel.conf cannot be read
 */
export async function describeBoard(options: DescribeBoardOptions): Promise<DescribedBoard> {
  const { files, programs, maySet } = options;
  const { model, module, known } = findBoard(files);
  const clocks = findClocks(files);
  const rails = findRails(files);
  const byProgram = rails.rails.length > 0 ? undefined : await readTegrastats(programs);
  const names = byProgram === undefined ? rails.rails.map(({ name }) => name) : [...(byProgram.watts?.keys() ?? [])];
  const rule = totalRule(known, names);
  const text = textOf(files, "/etc/nvpmodel.conf");
  const conf = text === undefined ? undefined : { text, parsed: parseNvpmodel(text) };
  const modes = await readModes(options, clocks, conf?.parsed, text);
  const device: Device = {
    name: model,
    kind: "jetson",
    processor: known?.processor ?? model,
    cores: Math.max(1, clocks.cores.length),
    memoryBytes: memoryOf(files),
    partitionSchemes: [{ kind: "whole" }, { kind: "cpu-share", granularity: 0.01, total: 1 }, { kind: "core-set" }],
    ...modes.listed,
    defaultPartition: { kind: "whole" },
    synthetic: false,
  };
  const environment = {
    executor: "jetson",
    board: module === undefined ? model : `${model} (${module})`,
    release: releaseOf(files),
    kernel: textOf(files, "/proc/sys/kernel/osrelease") ?? release(),
    node: process.version,
    ...(known === undefined ? {} : { multiprocessors: String(known.multiprocessors) }),
    power: rule.rails === null ? `unknown: ${rule.reason}` : rule.meaning,
    rails: names.join(", "),
    "power read": byProgram === undefined ? "from the kernel's files" : "by tegrastats",
    ...(rails.averaging.length === 0 ? {} : { "power monitors": rails.averaging.join("; ") }),
    clocks: clocksBy(programs, maySet),
    ...modes.gates,
  };
  const source = byProgram === undefined ? "files" : "tegrastats";
  return { device, environment, warnings: modes.warnings, known, clocks, rails, source, rule, conf };
}

interface ListedModes {
  readonly listed: Pick<Device, "powerModes"> & { readonly powerLevels?: PowerLevels };
  readonly gates: Readonly<Record<string, string>>;
  readonly warnings: readonly Warning[];
}

async function readModes(
  { files, programs, maySet }: DescribeBoardOptions,
  clocks: BoardClocks,
  conf: NvpmodelConf | undefined,
  text: string | undefined,
): Promise<ListedModes> {
  const lists = listsOf(files, clocks);
  const asFound: PowerMode = { name: "as-found", ...readLevels(files, clocks) };
  const gates = conf === undefined ? {} : gatesNow(files, conf);
  const levels = maySet ? levelsOf(lists, clocks) : {};
  if (conf === undefined || text === undefined || lists.cpu === undefined || lists.gpu === undefined)
    return { listed: { powerModes: [asFound], ...levels }, gates, warnings: [] };
  const read = readJetsonModes({
    nvpmodel: text,
    cpuKilohertz: lists.cpu,
    gpuHertz: lists.gpu,
    ...(lists.memory === undefined ? {} : { memoryKilohertz: lists.memory }),
  });
  if (!maySet) {
    const only = await modeNow(programs, read.powerModes, asFound);
    return { listed: { powerModes: [only] }, gates, warnings: [needsRights(only)] };
  }
  const barred = new Map(conf.models.map((model) => [model.name, gateChange(files, model, conf)]));
  const powerModes = read.powerModes.filter(({ name }) => barred.get(name) === undefined);
  const left = read.powerModes.filter(({ name }) => barred.get(name) !== undefined);
  return {
    listed: { powerModes: powerModes.length > 0 ? powerModes : [asFound], powerLevels: read.powerLevels },
    gates,
    warnings: left.map((mode) => needsReboot(mode, barred.get(mode.name)!)),
  };
}

/** Without the right to set any, there is one mode: the one that the board is in, under its name where its limits are those of the name. */
async function modeNow(programs: BoardPrograms, modes: readonly PowerMode[], asFound: PowerMode): Promise<PowerMode> {
  const name = (await currentMode(programs))?.name;
  const named = modes.find((mode) => mode.name === name);
  const found = { powerMode: asFound };
  return named !== undefined && modeNotApplied(named, found, found) === undefined ? named : asFound;
}

function levelsOf({ cpu, gpu, memory }: ClockLists, { cores }: BoardClocks): { readonly powerLevels?: PowerLevels } {
  if (cpu === undefined && gpu === undefined) return {};
  return {
    powerLevels: {
      cores:
        cores.length === 0
          ? [1]
          : cores.map((_, i) => i + 1).filter((count) => count % 2 === 0 || count === cores.length),
      ...(cpu === undefined ? {} : { cpuHertz: parseFrequencies(cpu, "the list of processor clocks", 1e3) }),
      ...(gpu === undefined ? {} : { gpuHertz: parseFrequencies(gpu, "the list of GPU clocks", 1) }),
      ...(memory === undefined ? {} : { memoryHertz: parseFrequencies(memory, "the list of memory clocks", 1e3) }),
    },
  };
}

/** What the kernel lists, as text; undefined where it lists nothing. */
interface ClockLists {
  readonly cpu: string | undefined;
  readonly gpu: string | undefined;
  /** kHz */
  readonly memory: string | undefined;
}

function listsOf(files: BoardFiles, { clusters, gpu }: BoardClocks): ClockLists {
  const list = (path: string) => textOf(files, path) || undefined;
  return {
    cpu: clusters.map(({ folder }) => list(`${folder}/scaling_available_frequencies`)).find(Boolean),
    gpu: gpu === undefined ? undefined : list(`${gpu}/available_frequencies`),
    memory: memoryList(list("/sys/kernel/debug/bpmp/debug/emc/possible_rates")),
  };
}

/** The firmware's own list, in kHz; one of another form is no list. */
function memoryList(text: string | undefined): string | undefined {
  return text !== undefined && /^\s*([1-9]\d{4,7}\s*)+$/.test(text) ? text : undefined;
}

/** Masks of parts of the GPU, and other files that nvpmodel calls `…_PG_MASK`. */
function gatesOf(conf: NvpmodelConf) {
  return conf.parameters.flatMap(({ name, paths }) =>
    Object.entries(paths)
      .filter(([argument]) => argument.endsWith("_PG_MASK"))
      .map(([argument, path]) => ({ parameter: name, argument, path })),
  );
}

function gatesNow(files: BoardFiles, conf: NvpmodelConf): Readonly<Record<string, string>> {
  const known = gatesOf(conf).map(({ argument, path }) => [argument, textOf(files, path)] as const);
  return Object.fromEntries(known.filter(([, value]) => value !== undefined).map(([key, value]) => [key, value!]));
}

/** Which mask a mode would change; undefined when it leaves all as they are. */
function gateChange(files: BoardFiles, { settings }: PowerModel, conf: NvpmodelConf): string | undefined {
  for (const { parameter, argument, path } of gatesOf(conf)) {
    const wanted = settings.find((each) => each.parameter === parameter && each.argument === argument)?.value;
    const is = textOf(files, path);
    if (wanted !== undefined && is !== undefined && Number(wanted) !== Number(is))
      return `${argument} is ${is} and would be ${wanted}`;
  }
  return undefined;
}

function needsReboot({ name }: PowerMode, cause: string): Warning {
  return {
    code: "mode-needs-reboot",
    where: `power mode "${name}"`,
    cause: `is left out: it switches parts of the GPU (${cause}), for which boards want a restart`,
    advice: `to measure it, put the board into it by hand (nvpmodel -m), restart, and run the same command`,
  };
}

function needsRights({ name }: PowerMode): Warning {
  return {
    code: "modes-need-rights",
    where: `power mode "${name}"`,
    cause:
      "is the only one, as the board was found, with clocks left to the governors: modes and clocks are set by root",
    advice: "to measure in others, run the same command as root",
  };
}

function memoryOf(files: BoardFiles): number {
  const kilobytes = Number(/^MemTotal:\s*(\d+) kB/m.exec(textOf(files, "/proc/meminfo") ?? "")?.[1] ?? 0);
  return Math.max(memoryStep, Math.floor((kilobytes * 1024) / memoryStep) * memoryStep);
}

/** `# R35 (release), REVISION: 4.1, …` is release 35.4.1. */
function releaseOf(files: BoardFiles): string {
  const found = /R(\d+) \(release\), REVISION: ([\d.]+)/.exec(textOf(files, "/etc/nv_tegra_release") ?? "");
  return found === null ? "unknown" : `L4T ${found[1]}.${found[2]}`;
}

function clocksBy(programs: BoardPrograms, maySet: boolean): string {
  if (!maySet) return "left to the governors: they are pinned by root";
  return programs.find("jetson_clocks") === undefined ? "left to the governors in named modes" : "pinned";
}

import type { Hertz } from "@partitune/schema";
import type { PowerSettings } from "../executor.ts";
import { type BoardFiles, numberOf, textOf } from "./boardFiles.ts";
import { type BoardClocks, findClocks, isOnline } from "./findClocks.ts";

/**
 * The limits that a board is under now, read from its kernel and not from what it was told: cores online, highest clock of any cluster of cores, of
 * the GPU and of the memory. What cannot be read is left out.
 */
export function readLevels(files: BoardFiles, clocks: BoardClocks = findClocks(files)): PowerSettings {
  const cores = clocks.cores.filter((core) => isOnline(files, core)).length;
  const cpu = findClocks(files)
    .clusters.map(({ folder }) => numberOf(files, `${folder}/scaling_max_freq`))
    .filter((kilohertz) => kilohertz !== undefined);
  const gpu = gpuLimit(files, clocks.gpu);
  const memory = memoryLimit(files, clocks);
  return {
    ...(cores === 0 ? {} : { cores }),
    ...(cpu.length === 0 ? {} : { cpuHertz: Math.max(...cpu) * 1e3 }),
    ...(gpu === undefined ? {} : { gpuHertz: gpu }),
    ...(memory === undefined ? {} : { memoryHertz: memory }),
  };
}

/** Without a limit devfreq shows a number far above its highest clock. */
function gpuLimit(files: BoardFiles, folder: string | undefined): Hertz | undefined {
  const limit = folder === undefined ? undefined : numberOf(files, `${folder}/max_freq`);
  if (limit === undefined) return undefined;
  const listed = (textOf(files, `${folder}/available_frequencies`) ?? "").split(/\s+/).filter(Boolean).map(Number);
  return listed.length === 0 ? limit : Math.min(limit, Math.max(...listed));
}

/** The rate it is held at, else the lower one of nvpmodel's cap and the chip's highest. */
function memoryLimit(files: BoardFiles, { memory, memoryCap }: BoardClocks): Hertz | undefined {
  if (memory?.lock !== undefined && textOf(files, memory.lock.hold) === "1") return numberOf(files, memory.rate);
  const most = memory === undefined ? undefined : numberOf(files, memory.most);
  const cap = memoryCap === undefined ? undefined : numberOf(files, memoryCap);
  const limits = [most, cap].filter((limit) => limit !== undefined && limit > 0) as number[];
  return limits.length === 0 ? undefined : Math.min(...limits);
}

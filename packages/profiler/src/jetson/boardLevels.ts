import type { Hertz, RestoreStep } from "@partitune/schema";
import type { PowerSettings } from "../executor.ts";
import type { Restoration } from "../restore/restoreStep.ts";
import { type BoardFiles, numberOf, textOf } from "./boardFiles.ts";
import { type BoardClocks, findClocks, isOnline, type MemoryClock, onlineFile } from "./findClocks.ts";

/** Files of a clock with bounds, as cpufreq and devfreq have them. */
interface BoundedClock {
  readonly what: string;
  readonly least: string;
  readonly most: string;
  /** Clocks that can be set, in the files' unit. */
  readonly table: readonly number[];
  /** Where the governor stands that moves the clock between its bounds; undefined where it is left as it is. */
  readonly governor?: string;
}

/** A governor that keeps to the upper bound, so that a pinned clock does not wait for load. */
const pinningGovernor = "performance";

/** Sets cores and clocks of a board file by file, without nvpmodel. All of it is as it was found until {@link set}, and again after {@link revert}. */
export class BoardLevels {
  readonly #files: BoardFiles;
  readonly #clocks: BoardClocks;
  /** As found, in the order in which they are written to put it back. */
  readonly #found: readonly FileText[];

  constructor(files: BoardFiles, clocks: BoardClocks, found: readonly FileText[]) {
    this.#files = files;
    this.#clocks = clocks;
    this.#found = found;
  }

  /** Why a setting cannot be set file by file on this board; undefined when all can. */
  refusal(settings: PowerSettings): string | undefined {
    const { cores, clusters, gpu, memory } = this.#clocks;
    if (settings.powerCapWatts !== undefined) return "the board has no file that caps its power";
    if (settings.cores !== undefined && settings.cores > cores.length) return `the board has ${cores.length} cores`;
    if (settings.cpuHertz !== undefined && clusters.length === 0) return "the board shows no clocks of its processor";
    if (settings.gpuHertz !== undefined && gpu === undefined) return "the board shows no clock of its GPU";
    if (settings.memoryHertz !== undefined && memory?.lock === undefined)
      return "the board shows no file that holds its memory's clock (it stands in debugfs, for root)";
    return undefined;
  }

  /**
   * Takes cores offline beyond the first so many, and pins the clocks given; what is not given is as it was found.
   *
   * Clocks of a cluster can be set while a core of it is online only. A lower bound must never stand above the upper one: it goes down
   * to the least first, then the upper bound moves, then the lower one follows.
   *
   * @throws as the file system does when the kernel refuses
   */
  set({ cores, cpuHertz, gpuHertz, memoryHertz }: PowerSettings): void {
    this.revert();
    const { clusters, gpu, memory } = this.#clocks;
    if (cores !== undefined) for (const core of this.#clocks.cores.slice(0, cores)) this.#online(core, true);
    if (cpuHertz !== undefined)
      for (const { folder, cores: own } of clusters)
        if (own.some((core) => isOnline(this.#files, core))) this.#pin(cpuClock(this.#files, folder), cpuHertz / 1e3);
    if (gpuHertz !== undefined) this.#pin(gpuClock(this.#files, gpu!), gpuHertz);
    if (memoryHertz !== undefined) this.#hold(memory!, memoryHertz);
    if (cores !== undefined) for (const core of this.#clocks.cores.slice(cores).reverse()) this.#online(core, false);
  }

  /** Puts everything back as it was found. */
  revert(): void {
    for (const { path, text } of this.#found) if (textOf(this.#files, path) !== text) this.#files.write(path, text);
  }

  #online(core: number, online: boolean): void {
    if (isOnline(this.#files, core) !== online) this.#files.write(onlineFile(core), online ? "1" : "0");
  }

  #pin(clock: BoundedClock, value: number): void {
    const least = leastOf(this.#files, clock);
    this.#files.write(clock.least, String(Math.min(least, value)));
    this.#files.write(clock.most, String(value));
    this.#files.write(clock.least, String(value));
    if (clock.governor !== undefined) this.#files.write(clock.governor, pinningGovernor);
  }

  #hold({ lock }: MemoryClock, rate: Hertz): void {
    this.#files.write(lock!.hold, "1");
    this.#files.write(lock!.rate, String(rate));
  }
}

interface FileText {
  readonly what: string;
  readonly path: string;
  readonly text: string;
}

/**
 * Reads cores and clocks of a board and records how each is put back, before anything is changed; then all cores are brought online once, since the
 * kernel shows no clocks of clusters that are off.
 *
 * The record is made so that it can be carried out from whatever state the board is left in: first all cores come online, then each
 * lower bound goes down to the least, then the upper bounds, then the lower ones, the memory's clock, and last the cores that were off.
 */
export async function openLevels(files: BoardFiles, restoration: Pick<Restoration, "add">): Promise<BoardLevels> {
  const record = async (found: readonly FileText[]) => {
    // Steps are carried out latest first.
    for (const { what, path, text } of found.toReversed()) {
      const step: RestoreStep = { kind: "file", what: `${what} to ${text}`, path: files.locate(path), text };
      await restoration.add(step);
    }
  };
  const { cores } = findClocks(files);
  const switchable = cores.filter((core) => textOf(files, onlineFile(core)) !== undefined);
  const off = switchable.filter((core) => !isOnline(files, core));
  const coresBack = off.map((core) => ({ what: `core ${core}`, path: onlineFile(core), text: "0" }));
  await record(coresBack);
  for (const core of off) files.write(onlineFile(core), "1");
  const clocks = findClocks(files);
  const clocksBack = [
    ...clocks.clusters.map(({ folder }) => cpuClock(files, folder)),
    ...(clocks.gpu === undefined ? [] : [gpuClock(files, clocks.gpu)]),
  ].flatMap((clock) => boundsBack(files, clock));
  const memoryBack = clocks.memory?.lock === undefined ? [] : memoryAsFound(files, clocks.memory);
  const coresOn = switchable.map((core) => ({ what: `core ${core}`, path: onlineFile(core), text: "1" }));
  await record([...coresOn, ...clocksBack, ...memoryBack]);
  const levels = new BoardLevels(files, clocks, [...coresOn, ...clocksBack, ...memoryBack, ...coresBack]);
  levels.revert();
  return levels;
}

function boundsBack(files: BoardFiles, clock: BoundedClock): readonly FileText[] {
  const [least, most] = [textOf(files, clock.least), textOf(files, clock.most)];
  if (least === undefined || most === undefined) return [];
  const lowest = Math.min(leastOf(files, clock), Number(least));
  const governor = clock.governor === undefined ? undefined : textOf(files, clock.governor);
  return [
    ...(governor === undefined ? [] : [{ what: `governor of ${clock.what}`, path: clock.governor!, text: governor }]),
    { what: `lowest clock of ${clock.what}`, path: clock.least, text: String(lowest) },
    { what: `highest clock of ${clock.what}`, path: clock.most, text: most },
    { what: `lowest clock of ${clock.what}`, path: clock.least, text: least },
  ];
}

/** A held clock is put back to its rate; a free one is let go. */
function memoryAsFound(files: BoardFiles, { lock }: MemoryClock): readonly FileText[] {
  const held = textOf(files, lock!.hold) ?? "0";
  const rate = textOf(files, lock!.rate);
  return [
    ...(held === "1" && rate !== undefined ? [{ what: "the memory's held clock", path: lock!.rate, text: rate }] : []),
    { what: "the hold on the memory's clock", path: lock!.hold, text: held },
  ];
}

function leastOf(files: BoardFiles, { table, least }: BoundedClock): number {
  return table.length > 0 ? Math.min(...table) : (numberOf(files, least) ?? 0);
}

function cpuClock(files: BoardFiles, folder: string): BoundedClock {
  const governors = (textOf(files, `${folder}/scaling_available_governors`) ?? "").split(/\s+/);
  return {
    ...(governors.includes(pinningGovernor) ? { governor: `${folder}/scaling_governor` } : {}),
    what: folder.split("/").at(-1)!,
    least: `${folder}/scaling_min_freq`,
    most: `${folder}/scaling_max_freq`,
    table: tableOf(files, `${folder}/scaling_available_frequencies`),
  };
}

function gpuClock(files: BoardFiles, folder: string): BoundedClock {
  return {
    what: `GPU ${folder.split("/").at(-1)}`,
    least: `${folder}/min_freq`,
    most: `${folder}/max_freq`,
    table: tableOf(files, `${folder}/available_frequencies`),
  };
}

function tableOf(files: BoardFiles, path: string): readonly number[] {
  return (textOf(files, path) ?? "").split(/\s+/).filter(Boolean).map(Number);
}

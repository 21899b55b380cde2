import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type NvpmodelConf, type PowerModel, patchNvpmodel, toPowerModel } from "@partitune/emitter";
import type { Device, PowerMode } from "@partitune/schema";
import { type PowerSettings, WorkerFailure } from "../executor.ts";
import { modeNotApplied } from "../modeNotApplied.ts";
import type { Restoration } from "../restore/restoreStep.ts";
import { type BoardFiles, textOf } from "./boardFiles.ts";
import { type BoardLevels, openLevels } from "./boardLevels.ts";
import { currentMode, switchMode } from "./nvpmodel.ts";
import type { BoardPrograms } from "./programs.ts";
import { readLevels } from "./readLevels.ts";

/** A record of changes whose guard may put the board back before we do, when this process was stopped for long. */
export interface GuardedChanges extends Restoration {
  readonly signal?: AbortSignal;
}

/** The board whose modes are set. */
export interface BoardModesOptions {
  readonly files: BoardFiles;
  readonly programs: BoardPrograms;
  readonly device: Device;
  /** The board's own file of modes; undefined where it has none. */
  readonly conf: { readonly text: string; readonly parsed: NvpmodelConf } | undefined;
  /** Whether this process may set anything: modes are set by root. */
  readonly maySet: boolean;
  /** Where what is needed to put the board back is kept; survives a restart of the machine. */
  readonly stateFolder: string;
  /** Opens the record of changes before the first is made. */
  readonly openRestoration: () => Promise<GuardedChanges>;
}

/** The record that everything needs to be put back from. */
interface Prepared {
  readonly restoration: Restoration;
  readonly levels: BoardLevels;
  readonly folder: string;
}

/** What the nvpmodel service remembers over a restart; `nvpmodel -f` has it remember another file of modes. */
const remembered = ["/var/lib/nvpmodel/conf_file_path", "/var/lib/nvpmodel/status"];
const ownModes = "partitune-measuring";

/**
 * Sets power modes of a board, and puts back what it was in.
 *
 * A mode of the board's own file is set by nvpmodel and then pinned by jetson_clocks, as it is when a plan is deployed. A mode of the grid is set
 * and pinned file by file in /sys, which nothing remembers over a restart; where the board lacks a file for it, by a power model of its
 * own in a copy of the board's file. What counts is what the kernel reports afterwards.
 */
export class BoardModes {
  readonly #options: BoardModesOptions;
  #restoration: Promise<GuardedChanges> | undefined;
  #signal: AbortSignal | undefined;
  #prepared: Promise<Prepared> | undefined;
  #current: { readonly mode: PowerMode; readonly mechanism: string } | undefined;
  #levelsSet = false;
  #customSet = false;

  constructor(options: BoardModesOptions) {
    this.#options = options;
  }

  /** The limits that the board reports now. */
  settings(): PowerSettings {
    return readLevels(this.#options.files);
  }

  /**
   * Puts the board into a mode. Without the right to, the mode that it is in is taken as it is.
   *
   * @returns what set it, for the record
   * @throws WorkerFailure when it cannot be set, asks for a reboot, or the board reports another one afterwards
   */
  async set(mode: PowerMode): Promise<string> {
    this.checkHeld();
    if (this.#current?.mode.name === mode.name && this.#strayed(mode) === undefined) return this.#current.mechanism;
    this.#current = undefined;
    const mechanism = this.#options.maySet
      ? await this.#switch(mode)
      : "power mode as found, clocks left to the governors";
    const strayed = this.#strayed(mode);
    if (strayed !== undefined) throw new WorkerFailure("failed", `${strayed}${this.#rights()}`);
    this.#current = { mode, mechanism };
    return mechanism;
  }

  /**
   * Checks that nobody has put the board back meanwhile.
   *
   * @throws the guard's reason when it has
   */
  checkHeld(): void {
    this.#signal?.throwIfAborted();
  }

  /** The record of what was changed, from which it is put back; undefined when nothing was. No mode is taken to be set any more. */
  async changes(): Promise<Restoration | undefined> {
    this.#current = undefined;
    // A record that was broken off has steps too.
    await this.#prepared?.catch(() => {});
    return this.#restoration?.catch(() => undefined);
  }

  #strayed(mode: PowerMode): string | undefined {
    const reported = { powerMode: this.settings() };
    return modeNotApplied(mode, reported, reported);
  }

  #rights(): string {
    return this.#options.maySet ? "" : "; modes are set by root";
  }

  async #switch(mode: PowerMode): Promise<string> {
    const { conf, programs } = this.#options;
    const prepared = await this.#prepare();
    const named = conf?.parsed.models.find(({ name }) => name === mode.name);
    if (named !== undefined && programs.find("nvpmodel") !== undefined) return this.#setNamed(named, prepared);
    const refusal = prepared.levels.refusal(mode);
    if (refusal !== undefined) return this.#setCustom(mode, refusal, prepared);
    this.#levelsSet = true;
    try {
      prepared.levels.set(mode);
    } catch (error) {
      throw new WorkerFailure("failed", `power mode "${mode.name}" could not be set: ${messageOf(error)}`);
    }
    return "cores and clocks pinned in /sys";
  }

  async #setNamed(model: PowerModel, prepared: Prepared): Promise<string> {
    this.#leaveLevels(prepared);
    await this.#nvpmodel(model.name, model.id);
    return `nvpmodel -m ${model.id}, ${await this.#pin()}`;
  }

  async #setCustom(mode: PowerMode, refusal: string, prepared: Prepared): Promise<string> {
    const { conf, device, programs, files } = this.#options;
    const failed = (why: string) => new WorkerFailure("failed", `power mode "${mode.name}" cannot be set: ${why}`);
    if (conf === undefined || programs.find("nvpmodel") === undefined) throw failed(refusal);
    const id = Math.max(...conf.parsed.models.map((model) => model.id)) + 1;
    const translation = toPowerModel(mode, device, conf.parsed, id, "PARTITUNE");
    if (translation.status === "refused") throw failed([refusal, ...translation.causes].join("; "));
    const gate = translation.gates.find(({ paths, value }) =>
      paths.some((path) => (textOf(files, path) ?? value) !== value),
    );
    if (gate !== undefined)
      throw failed(`${refusal}, and nvpmodel would have ${gate.label} changed, which needs a reboot`);
    this.#leaveLevels(prepared);
    await this.#rememberNvpmodel(prepared);
    const copy = join(prepared.folder, "nvpmodel.conf");
    writeFileSync(copy, patchNvpmodel(conf.text, ownModes, [translation.model]));
    await this.#nvpmodel(mode.name, id, copy);
    return `power model of its own by nvpmodel -f, ${await this.#pin()}`;
  }

  async #nvpmodel(name: string, id: number, conf?: string): Promise<void> {
    const switched = await switchMode(this.#options.programs, id, conf);
    if (switched.status === "switched") return;
    const problem =
      switched.status === "failed"
        ? switched.reason
        : `the board wants a reboot for it, which is not ours to give (nvpmodel -m ${id} by hand, reboot, and measure then); nvpmodel said: ${switched.said}`;
    throw new WorkerFailure("failed", `power mode "${name}" could not be set: ${problem}`);
  }

  async #pin(): Promise<string> {
    const { programs } = this.#options;
    const program = programs.find("jetson_clocks");
    if (program === undefined) return "clocks left to the governors";
    const { code, output } = await programs.run([program]);
    if (code === 0) return "clocks pinned by jetson_clocks";
    throw new WorkerFailure("failed", `clocks could not be pinned: jetson_clocks said: ${output.trim()}`);
  }

  #leaveLevels({ levels }: Prepared): void {
    if (this.#levelsSet) levels.revert();
    this.#levelsSet = false;
  }

  async #rememberNvpmodel({ restoration }: Prepared): Promise<void> {
    if (this.#customSet) return;
    const { files } = this.#options;
    for (const path of remembered) {
      const text = textOf(files, path);
      if (text !== undefined)
        await restoration.add({
          kind: "file",
          what: `what nvpmodel remembers in ${path}`,
          path: files.locate(path),
          text,
        });
    }
    this.#customSet = true;
  }

  #prepare(): Promise<Prepared> {
    this.#prepared ??= this.#record();
    return this.#prepared;
  }

  /**
   * Everything that is needed to put the board back, before anything is changed. It is carried out latest first: the mode by nvpmodel, what
   * jetson_clocks had stored, then each file as it was, so that settings made by hand come back too.
   */
  async #record(): Promise<Prepared> {
    const { files, programs, stateFolder, openRestoration } = this.#options;
    this.#restoration = openRestoration();
    const restoration = await this.#restoration;
    this.#signal = restoration.signal;
    mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
    const folder = mkdtempSync(join(stateFolder, "board-"));
    await restoration.add({ kind: "folder", what: "what the board's own programs stored", path: folder });
    const mode = await currentMode(programs);
    const clocks = await this.#storeClocks(folder);
    const levels = await openLevels(files, restoration);
    const environment = { PATH: programs.searchPath };
    if (clocks !== undefined)
      await restoration.add({
        kind: "command",
        what: "clocks as jetson_clocks stored them",
        argv: clocks,
        environment,
      });
    const nvpmodel = programs.find("nvpmodel");
    if (nvpmodel !== undefined && mode !== undefined) {
      await restoration.add({
        kind: "command",
        what: `power mode ${mode.name ?? mode.id} (${mode.id})`,
        argv: [nvpmodel, "-m", String(mode.id)],
        environment,
        input: "no\n",
        readBack: { argv: [nvpmodel, "-q"], expected: `\n${mode.id}\n` },
      });
    }
    return { restoration, levels, folder };
  }

  /** What puts the clocks back to what they are now; undefined where nothing can pin them. */
  async #storeClocks(folder: string): Promise<[string, string, string] | undefined> {
    const { programs } = this.#options;
    const program = programs.find("jetson_clocks");
    if (program === undefined) return undefined;
    const file = join(folder, "clocks");
    const { code, output } = await programs.run([program, "--store", file]);
    if (code !== 0) throw new WorkerFailure("failed", `jetson_clocks --store failed: ${output.trim()}`);
    return [program, "--restore", file];
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

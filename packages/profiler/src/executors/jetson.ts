import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { engineCommand, joinCommand } from "@partitune/emitter";
import {
  type Config,
  digestFile,
  type Partition,
  type PowerMode,
  type Seconds,
  type Workload,
} from "@partitune/schema";
import { type Executor, type Session, WorkerFailure } from "../executor.ts";
import { chooseGovernor, localGovernors, type Machine, type PreparedPartition } from "../governors/index.ts";
import { isFile } from "../isFile.ts";
import type { BoardMeter } from "../jetson/boardMeter.ts";
import { BoardModes, type GuardedChanges } from "../jetson/boardModes.ts";
import { type Board, type BoardPlace, openBoard } from "../jetson/openBoard.ts";
import { powerModesByName } from "../powerModesByName.ts";
import { openRestoration } from "../restore/openRestoration.ts";
import { refuseLeftover } from "../restore/refuseLeftover.ts";
import { restoreFolder, restorePaths } from "../restore/restorePaths.ts";
import { systemClock } from "../systemClock.ts";
import { buildZooModel, isZooSpec } from "../zoo/index.ts";
import { type CpuMeters, openCpuMeters } from "./cpuMeters.ts";
import { CpuSession } from "./cpuSession.ts";
import { identifyStarted } from "./identifyStarted.ts";
import { idleSession } from "./idleSession.ts";
import { type BoardMeters, boardSession, unsampledSession } from "./jetsonSession.ts";
import { ownNodeFirst } from "./ownNodeFirst.ts";
import { putBackOrSay } from "./putBackOrSay.ts";
import { startWorker, type WorkerProcess } from "./workerProcess.ts";

/** Where a board is, and where workers are started from. */
export interface JetsonOptions extends BoardPlace {
  /** Folder in which partitune is installed. */
  readonly home: string;
  /** Folder of built networks; the zoo's own default when absent. */
  readonly zooFolder?: string;
  /** What engines run on: the board's GPU. */
  readonly accelerator: "cuda" | undefined;
  /** Folder of restore files; the usual one when absent. */
  readonly restoreFolder?: string;
}

const installed = fileURLToPath(new URL("../../../..", import.meta.url)).replace(/\/$/, "");

/** Name under which the board's settings are put back: a machine is one board. */
const restoredAs = "jetson";

const statsPatience: Seconds = 30;

/** The whole device, whatever its cores. */
const whole: Partition = { kind: "whole" };

/**
 * A Jetson board: networks and programs on its GPU and processor, in its power modes, with the power, clocks and temperature that it tells.
 *
 * Its files are found below the folder that `PARTITUNE_BOARD_ROOT` names, `/` without one, so that a container can measure the board whose files
 * are mounted into it.
 */
export function jetsonExecutor(options: Partial<JetsonOptions> = {}): Executor {
  return new JetsonExecutor({
    root: process.env.PARTITUNE_BOARD_ROOT ?? "/",
    // The board's programs are for root, whose folder is not on everybody's path.
    searchPath: [process.env.PATH ?? "", "/usr/sbin", "/usr/bin"].join(delimiter),
    home: installed,
    accelerator: "cuda",
    ...options,
  });
}

class JetsonExecutor implements Executor {
  readonly name = "jetson";
  readonly clock = systemClock;
  readonly engines = ["onnx", "pytorch", "tensorflow", "command", "idle"] as const;
  readonly #options: JetsonOptions;
  #opened: Promise<OpenedBoard> | undefined;

  constructor(options: JetsonOptions) {
    this.#options = options;
  }

  async describe() {
    const { device, environment, warnings } = (await this.#board()).board;
    return { device, environment, warnings };
  }

  /** A network of the zoo is built now rather than when it is measured; anything a user brings is started once, to see that it can be. */
  async identify(workload: Workload): Promise<string> {
    const { engine } = workload;
    if (engine.engine === "idle") return "";
    if (engine.engine === "onnx" && isZooSpec(engine.model)) {
      return buildZooModel(engine.model, this.#options.zooFolder).then((path) => path.split("/").at(-1)!);
    }
    const { board } = await this.#board();
    const started = await identifyStarted(workload, () => this.#start(workload, { threads: board.device.cores }));
    return engine.engine === "onnx" && (await isFile(engine.model)) ? digestFile(engine.model) : started;
  }

  /** Sets the partition up and takes it down again: rights and limits have too many rules to be foretold. */
  async admit(partition: Partition): Promise<void> {
    const { board } = await this.#board();
    await (await this.#prepare(partition, board.device.cores)).release();
  }

  async openNull(): Promise<Session> {
    const { board, modes, meters } = await this.#metered();
    const argv = ["node", resolve(this.#options.home, "packages/profiler/src/workers/nullWorker.ts")];
    const prepared = await this.#prepare(whole, board.device.cores);
    const session = new CpuSession(await startWorker({ argv, environment: ownNodeFirst({}) }), prepared, meters);
    return boardSession({ session, meter: meters.meter, modes, leave: () => {} });
  }

  async openIdle({ monitored = true }: { readonly monitored?: boolean } = {}): Promise<Session> {
    if (!monitored) return unsampledSession();
    const { modes, meters } = await this.#metered();
    return boardSession({ session: idleSession(systemClock, meters), meter: meters.meter, modes, leave: () => {} });
  }

  async open(workload: Workload, config: Config): Promise<Session> {
    const opened = await this.#board();
    const { device } = opened.board;
    const mode = powerModesByName(device).get(config.powerMode);
    if (mode === undefined) throw new WorkerFailure("failed", `the board has no power mode "${config.powerMode}"`);
    const { setBy, leave } = await opened.enter(mode);
    try {
      const meters = await opened.meters();
      const started =
        workload.engine.engine === "idle"
          ? { session: idleSession(systemClock, meters) }
          : await this.#openWorker(workload, config.partition, mode.cores ?? device.cores, meters);
      return boardSession({ ...started, meter: meters.meter, modes: opened.modes, setBy, leave });
    } catch (error) {
      leave();
      throw error;
    }
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await (await opened?.catch(() => undefined))?.close();
  }

  #board(): Promise<OpenedBoard> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  async #open(): Promise<OpenedBoard> {
    const board = await openBoard(this.#options);
    await refuseLeftover(restoredAs, this.#options.restoreFolder);
    return new OpenedBoard(board, this.#options);
  }

  async #metered() {
    const opened = await this.#board();
    return { board: opened.board, modes: opened.modes, meters: await opened.meters() };
  }

  async #openWorker(workload: Workload, partition: Partition, cores: number, meters: BoardMeters) {
    const prepared = await this.#prepare(partition, cores);
    try {
      const worker = await this.#start(workload, prepared);
      const gpuMemory = async () => (await worker.stats(statsPatience)).deviceMemoryPeakBytes;
      return { session: new CpuSession(worker, prepared, meters), gpuMemory };
    } catch (error) {
      await prepared.release();
      throw error;
    }
  }

  async #prepare(partition: Partition, cores: number): Promise<PreparedPartition> {
    const machine: Machine = { root: this.#options.root, cores, processId: process.pid };
    return (await chooseGovernor(partition, localGovernors(machine))).governor.prepare(partition);
  }

  #start(
    workload: Workload,
    { threads, pace, join: enter }: Pick<PreparedPartition, "threads"> & Partial<PreparedPartition>,
  ): Promise<WorkerProcess> {
    const { home, zooFolder, accelerator } = this.#options;
    const { argv, environment } = engineCommand(workload, {
      home,
      threads,
      ...(accelerator === undefined ? {} : { accelerator }),
      ...(zooFolder === undefined ? {} : { zooFolder: resolve(zooFolder) }),
      ...(pace === undefined ? {} : { pace }),
    });
    const launched = enter === undefined ? argv : joinCommand(enter, argv);
    return startWorker({
      argv: launched,
      environment: ownNodeFirst(environment),
      ...(accelerator === undefined ? {} : { device: accelerator }),
    });
  }
}

/** A session's part in a power mode. */
interface InMode {
  /** What set it, for the record. */
  readonly setBy: string;
  readonly leave: () => void;
}

/** The board while it is measured: its meter, and its mode with the sessions that hold it there. */
class OpenedBoard {
  readonly board: Board;
  readonly modes: BoardModes;
  readonly #root: string;
  #processor: Promise<CpuMeters> | undefined;
  #meter: BoardMeter | undefined;
  #mode: string | undefined;
  #sessions = 0;
  /** Modes are set one after the other. */
  #setting: Promise<unknown> = Promise.resolve();

  constructor(board: Board, { root, restoreFolder: folder }: JetsonOptions) {
    this.board = board;
    this.#root = root;
    const { files, programs, device, conf, maySet } = board;
    this.modes = new BoardModes({
      ...{ files, programs, device, conf, maySet },
      stateFolder: join(restorePaths(restoreFolder(folder), restoredAs).folder, "stored"),
      openRestoration: (): Promise<GuardedChanges> =>
        openRestoration({ device: restoredAs, ...(folder === undefined ? {} : { folder }) }),
    });
  }

  /** A meter that has lost track of the energy is replaced, for those who come after. */
  async meters(): Promise<BoardMeters> {
    this.#processor ??= openCpuMeters(this.#root);
    const processor = await this.#processor;
    if (this.#meter?.broken === true) {
      await this.#meter.close();
      this.#meter = undefined;
    }
    this.#meter ??= this.board.openMeter();
    const meter = this.#meter;
    return {
      ...processor,
      meter,
      energy: () => meter.energy(),
      throttleEvents: () => meter.throttleEvents(),
    };
  }

  enter(mode: PowerMode): Promise<InMode> {
    const entered = this.#setting.then(() => this.#enter(mode));
    this.#setting = entered.catch(() => {});
    return entered;
  }

  async close(): Promise<void> {
    await this.#setting;
    await this.#meter?.close();
    this.#meter = undefined;
    const changes = await this.modes.changes();
    if (changes !== undefined) await putBackOrSay(this.board.device.name, changes);
  }

  async #enter(mode: PowerMode): Promise<InMode> {
    if (this.#sessions > 0 && this.#mode !== mode.name) {
      throw new WorkerFailure(
        "failed",
        `power mode "${mode.name}" cannot be set while a workload runs in "${this.#mode}": a board has one mode at a time`,
      );
    }
    const setBy = await this.modes.set(mode);
    this.#mode = mode.name;
    this.#sessions += 1;
    let left = false;
    const leave = () => {
      if (!left) this.#sessions -= 1;
      left = true;
    };
    return { setBy, leave };
  }
}

import { type Config, type Device, InputError, type Seconds, type Watts, type Workload } from "@partitune/schema";
import { boardNoise, type NoiseFactors } from "../boardNoise.ts";
import { jetsonOrinAgx441 } from "../devices/jetsonOrinAgx.ts";
import { type Clock, type Executor, type Run, type Session, type Usage, WorkerFailure } from "../executor.ts";
import { type BoardCost, type BoardMode, boardCost, boardIdle } from "../orinFormula.ts";
import { orinWork } from "../orinWorkloads.ts";
import { powerModesByName } from "../powerModesByName.ts";
import { virtualClock } from "../virtualClock.ts";
import { nullSession } from "./nullSession.ts";

/** What is made to go wrong, as it does on boards. */
export interface BoardFaults {
  /** Power modes that cannot be set → what the board says. */
  readonly refuses?: Readonly<Record<string, string>>;
  /** Power modes in whose place the board silently takes another. */
  readonly fallsBack?: Readonly<Record<string, string>>;
  /** From this moment on the power meter shows the same value, s since the start. */
  readonly meterStopsAt?: Seconds;
}

/** A board that exists as a formula only. */
export interface BoardOptions {
  /** Seed of the noise. */
  readonly seed: string;
  /** Its modes set cores and all clocks; power caps are not enforced. */
  readonly device: Device;
  /** Virtual by default; a real one makes every minibatch take its time. */
  readonly clock: Clock;
  /** Factor on the noise; 0 for none. */
  readonly noise: number;
  readonly faults: BoardFaults;
}

/** A device of the shelf with the synthetic board in its place. */
export function syntheticBoard(name: string, device: Device): Device {
  return { ...device, name, processor: `a formula in the likeness of ${device.processor}`, synthetic: true };
}

/** The synthetic Jetson AGX Orin with the reduced grid. */
export const syntheticOrinAgx = syntheticBoard("synthetic-orin-agx", jetsonOrinAgx441);

/**
 * A synthetic Jetson AGX Orin: time and energy rooflines over cores and clocks ({@link boardCost}) with seeded noise ({@link boardNoise}), in virtual
 * time. It runs one minibatch at a time and is in one power mode at a time. Its meter counts the energy of the whole board.
 */
export function syntheticBoardExecutor(options: Partial<BoardOptions> = {}): Executor {
  const settings: BoardOptions = {
    seed: "synthetic",
    device: syntheticOrinAgx,
    clock: virtualClock(),
    noise: 1,
    faults: {},
    ...options,
  };
  const { clock, device, seed, noise } = settings;
  const world = new BoardWorld(settings);
  return {
    name: "synthetic-orin",
    clock,
    engines: ["synthetic-board", "idle"],
    async describe() {
      const environment = { executor: "synthetic-orin", seed, noise: String(noise), clock: clock.name };
      return { device, environment };
    },
    async identify(workload) {
      checkWorkload(workload);
      return "";
    },
    async admit(partition) {
      if (partition.kind !== "whole") throw onlyWhole(partition.kind);
    },
    async openNull() {
      return nullSession(clock);
    },
    async open(workload, config) {
      return world.open(workload, config);
    },
  };
}

function checkWorkload({ name, task, engine, batches }: Workload): void {
  if (engine.engine !== "synthetic-board" || batches.some((batch) => orinWork(task, engine.workload, batch))) return;
  throw new InputError({
    what: `workload "${name}"`,
    problem: `asks for ${task} of "${engine.workload}" with minibatches of ${batches.join(", ")}, which the synthetic board has no formula for`,
    advice: "train resnet18, mobilenet, yolo, bert or lstm with 16, or infer resnet50, mobilenet or bert with up to 64",
  });
}

function onlyWhole(kind: string): InputError {
  return new InputError({
    what: `partition "${kind}"`,
    problem: "cannot be set on the synthetic board",
    advice: 'choose "whole"; its workloads take turns',
  });
}

/** The board: its mode, its meter, and what runs on it. */
class BoardWorld {
  readonly #options: BoardOptions;
  readonly #open = new Set<BoardSession>();
  readonly #takes = new Map<string, number>();
  readonly #settings = new Map<string, BoardMode>();
  #mode: BoardMode;
  #energy = 0;
  /** Up to when the energy is counted. */
  #counted: Seconds;
  #running = false;

  constructor(options: BoardOptions) {
    this.#options = options;
    this.#mode = this.#settingsOf(options.device.powerModes[0]!.name);
    this.#counted = options.clock.now();
  }

  get mode(): BoardMode {
    return this.#mode;
  }

  open(workload: Workload, config: Config): Session {
    const { refuses, fallsBack } = this.#options.faults;
    const { powerMode } = config;
    const refusal = refuses?.[powerMode];
    if (refusal !== undefined)
      throw new WorkerFailure("failed", `power mode "${powerMode}" could not be set: ${refusal}`);
    const mode = this.#settingsOf(fallsBack?.[powerMode] ?? powerMode);
    if (this.#open.size > 0 && mode !== this.#mode) {
      throw new WorkerFailure("failed", `power mode "${powerMode}" cannot be set while a workload runs in another one`);
    }
    this.#count();
    this.#mode = mode;
    const session = new BoardSession(this, workload, config);
    this.#open.add(session);
    return session;
  }

  /** The last one to leave puts the default mode back. */
  close(session: BoardSession): void {
    this.#open.delete(session);
    if (this.#open.size > 0) return;
    this.#count();
    this.#mode = this.#settingsOf(this.#options.device.powerModes[0]!.name);
  }

  noiseOf(configuration: string): () => NoiseFactors {
    const take = this.#takes.get(configuration) ?? 0;
    this.#takes.set(configuration, take + 1);
    return boardNoise({ seed: this.#options.seed, configuration, take }, this.#options.noise);
  }

  async run({ timeSeconds, powerWatts }: BoardCost): Promise<Run> {
    if (this.#running) throw new WorkerFailure("failed", "the synthetic board runs one minibatch at a time");
    const { clock } = this.#options;
    this.#count();
    this.#running = true;
    const start = clock.now();
    await clock.sleep(timeSeconds);
    this.#running = false;
    this.#count(powerWatts);
    return { start, end: clock.now(), service: timeSeconds };
  }

  energyJoules(): number {
    if (!this.#running) this.#count();
    return this.#energy;
  }

  /** Counts the energy up to now, at a power; that of the idle board unless said. */
  #count(watts: Watts = boardIdle(this.#mode)): void {
    const now = Math.min(this.#options.clock.now(), this.#options.faults.meterStopsAt ?? Number.POSITIVE_INFINITY);
    if (now > this.#counted) this.#energy += watts * (now - this.#counted);
    this.#counted = Math.max(now, this.#counted);
  }

  #settingsOf(name: string): BoardMode {
    const known = this.#settings.get(name);
    if (known !== undefined) return known;
    const mode = powerModesByName(this.#options.device).get(name);
    const { cores, cpuHertz, gpuHertz, memoryHertz } = mode ?? {};
    if (cores !== undefined && cpuHertz !== undefined && gpuHertz !== undefined && memoryHertz !== undefined) {
      const settings = { cores, cpuHertz, gpuHertz, memoryHertz };
      this.#settings.set(name, settings);
      return settings;
    }
    throw new WorkerFailure("failed", `power mode "${name}" does not set cores and all clocks of the synthetic board`);
  }
}

class BoardSession implements Session {
  readonly mechanism = "formula";
  readonly #world: BoardWorld;
  readonly #workload: Workload;
  readonly #powerMode: string;
  readonly #noise = new Map<number, () => NoiseFactors>();

  constructor(world: BoardWorld, workload: Workload, { powerMode }: Config) {
    this.#world = world;
    this.#workload = workload;
    this.#powerMode = powerMode;
  }

  async run(batch: number): Promise<Run> {
    const { timeSeconds, powerWatts } = this.#costOf(batch);
    const noise = this.#noiseOf(batch)();
    const isIdle = this.#workload.task === "idle";
    return this.#world.run({
      timeSeconds: isIdle ? timeSeconds : timeSeconds * noise.time,
      powerWatts: powerWatts * noise.power,
    });
  }

  async usage(): Promise<Usage> {
    return {
      cpuSeconds: null,
      memoryPeakBytes: null,
      energyJoules: this.#world.energyJoules(),
      otherCpuSeconds: 0,
      throttleEvents: 0,
      powerMode: this.#world.mode,
      reasons: { cpuSeconds: noFormula, memoryPeakBytes: noFormula },
    };
  }

  async close(): Promise<void> {
    this.#world.close(this);
  }

  #costOf(batch: number): BoardCost {
    const { task, engine, name } = this.#workload;
    const { mode } = this.#world;
    if (engine.engine === "idle") return { timeSeconds: batch, powerWatts: boardIdle(mode) };
    const work = engine.engine === "synthetic-board" ? orinWork(task, engine.workload, batch) : undefined;
    if (work !== undefined) return boardCost(work, mode);
    throw new WorkerFailure(
      "bad-batch",
      `the synthetic board has no formula for "${name}" with minibatches of ${batch}`,
    );
  }

  #noiseOf(batch: number): () => NoiseFactors {
    const { task, engine } = this.#workload;
    const what = engine.engine === "synthetic-board" ? engine.workload : engine.engine;
    const noise = this.#noise.get(batch) ?? this.#world.noiseOf(`${task} ${what} ${batch} ${this.#powerMode}`);
    this.#noise.set(batch, noise);
    return noise;
  }
}

const noFormula = "no formula";

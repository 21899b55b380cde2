import { hashSeed, type Random, seededRandom } from "@partitune/numerics";
import {
  type Config,
  type Device,
  formatConfig,
  formatPartition,
  InputError,
  type Partition,
  partitionFraction,
  type Seconds,
  type Workload,
} from "@partitune/schema";
import { type Clock, type Executor, type Run, type Session, WorkerFailure } from "../executor.ts";
import { virtualClock } from "../virtualClock.ts";
import { nullSession } from "./nullSession.ts";

/** A device that exists as a formula only. */
export interface SyntheticOptions {
  /** Seed of the noise. */
  readonly seed: string;
  readonly device: Device;
  /** Virtual by default; a real one makes every batch take its time. */
  readonly clock: Clock;
  /** Chance that a noisy batch is an outlier, and how many times longer it takes. */
  readonly outliers: { readonly probability: number; readonly factor: number };
}

type SyntheticWorkload = Extract<Workload["engine"], { readonly engine: "synthetic" }>;

/** Memory that each request of a batch adds, as a part of the weights. */
const memoryPerItem = 0.05;
/** Power of the idle device and of the fully loaded one, in watts. */
const idlePower = 10;
const fullPower = 60;

export const syntheticDevice: Device = {
  name: "synthetic",
  kind: "cpu",
  processor: "a formula",
  cores: 4,
  memoryBytes: 8 * 2 ** 30,
  partitionSchemes: [{ kind: "whole" }, { kind: "cpu-share", granularity: 0.01, total: 1 }, { kind: "core-set" }],
  powerModes: [{ name: "default" }],
  defaultPartition: { kind: "whole" },
  synthetic: true,
};

/**
 * A device whose every answer is known. A batch of b requests on the fraction f of it takes
 *
 *     (fixed + perItem · b) · (s + (1 − s)/f) / v · max(1, Σf) · exp(noise · z)
 *
 * with s the serial fraction (Amdahl's law), v the clock of the power mode relative to the fastest, Σf the fractions of all that
 * is loaded at the time, and z standard normal, fixed by the seed, the configuration and how many batches the configuration has run on this
 * executor. Some noisy batches are outliers. Memory is weights · (1 + b/20), together at most the device's. The processor time is
 * service · f · cores; the device draws 10 W and up to 50 W more, with v³, in proportion to its load.
 */
export function syntheticExecutor(options: Partial<SyntheticOptions> = {}): Executor {
  const settings: SyntheticOptions = {
    seed: "synthetic",
    device: syntheticDevice,
    clock: virtualClock(),
    outliers: { probability: 0.002, factor: 2 },
    ...options,
  };
  const { clock, device } = settings;
  const world = new SyntheticWorld(settings);
  return {
    name: "synthetic",
    clock,
    engines: ["synthetic"],
    async describe() {
      return { device, environment: { executor: "synthetic", seed: settings.seed, clock: clock.name } };
    },
    async identify() {
      return "";
    },
    async admit(partition) {
      admit(partition, device);
    },
    async openNull() {
      return nullSession(clock);
    },
    async open(workload, config) {
      return world.open(workload, config);
    },
  };
}

function admit(partition: Partition, device: Device): void {
  if (device.partitionSchemes.every(({ kind }) => kind !== partition.kind))
    throw new InputError({
      what: `partition "${formatPartition(partition)}"`,
      problem: `is none of "${device.name}"`,
      advice: `choose one of ${device.partitionSchemes.map(({ kind }) => kind).join(", ")}`,
    });
  const stranger = partition.kind === "core-set" ? partition.cores.find((core) => core >= device.cores) : undefined;
  if (stranger === undefined) return;
  throw new InputError({
    what: `partition "${formatPartition(partition)}"`,
    problem: `names core ${stranger}`,
    advice: `choose cores 0 to ${device.cores - 1}`,
  });
}

/** What is loaded on the device, and what has been used of it. */
class SyntheticWorld {
  readonly #options: SyntheticOptions;
  readonly #random: Random;
  readonly #loaded = new Set<SyntheticSession>();
  readonly #runs = new Map<string, number>();
  #energy = 0;

  constructor(options: SyntheticOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  /** The idle device draws power all the time, what runs adds to it. */
  get energyJoules(): number {
    return this.#energy + idlePower * this.clock.now();
  }

  open(workload: Workload, config: Config): Session {
    const { engine } = workload;
    if (engine.engine !== "synthetic") {
      throw new WorkerFailure("failed", `engine "${engine.engine}" is not synthetic; give its formula`);
    }
    if (engine.fixedSeconds + engine.perItemSeconds <= 0) {
      throw new WorkerFailure("failed", `workload "${workload.name}" takes no time; give a time above 0`);
    }
    const session = new SyntheticSession(this, engine, config);
    this.#loaded.add(session);
    return session;
  }

  close(session: SyntheticSession): void {
    this.#loaded.delete(session);
  }

  /** Memory of a batch, when it fits beside what else is loaded. */
  memoryOf(session: SyntheticSession, batch: number): number {
    const need = Math.round(session.weights * (1 + memoryPerItem * batch));
    const others = [...this.#loaded].filter((other) => other !== session).reduce((sum, other) => sum + other.memory, 0);
    const { memoryBytes } = this.#options.device;
    if (need + others <= memoryBytes) return need;
    throw new WorkerFailure(
      "out-of-memory",
      `a batch of ${batch} needs ${need} bytes beside ${others} in use, and the device has ${memoryBytes}`,
    );
  }

  durationOf(engine: SyntheticWorkload, config: Config, batch: number): Seconds {
    const { device, outliers } = this.#options;
    const fraction = partitionFraction(config.partition, device);
    const alone = engine.fixedSeconds + engine.perItemSeconds * batch;
    const amdahl = engine.serialFraction + (1 - engine.serialFraction) / fraction;
    const crowd = Math.max(
      1,
      [...this.#loaded].reduce((sum, other) => sum + other.fraction(device), 0),
    );
    const random = this.#noiseOf({ ...config, batch });
    const noise = Math.exp(engine.noise * random.normal());
    const outlier = engine.noise > 0 && random.next() < outliers.probability ? outliers.factor : 1;
    return ((alone * amdahl * crowd) / this.#speed(config.powerMode)) * noise * outlier;
  }

  use(config: Config, service: Seconds): Seconds {
    const { device } = this.#options;
    const fraction = partitionFraction(config.partition, device);
    this.#energy += (fullPower - idlePower) * fraction * service * this.#speed(config.powerMode) ** 3;
    return service * fraction * device.cores;
  }

  #noiseOf(config: Config): Random {
    const key = formatConfig(config);
    const run = this.#runs.get(key) ?? 0;
    this.#runs.set(key, run + 1);
    return this.#random.fork(hashSeed(key, run));
  }

  #speed(powerMode: string): number {
    const { powerModes } = this.#options.device;
    const clocks = powerModes.map((mode) => mode.cpuHertz ?? 1);
    const own = powerModes.find((mode) => mode.name === powerMode)?.cpuHertz ?? 1;
    return own / Math.max(...clocks);
  }
}

class SyntheticSession implements Session {
  readonly mechanism = "formula";
  readonly #world: SyntheticWorld;
  readonly #engine: SyntheticWorkload;
  readonly #config: Config;
  memory: number;
  #cpuSeconds = 0;

  constructor(world: SyntheticWorld, engine: SyntheticWorkload, config: Config) {
    this.#world = world;
    this.#engine = engine;
    this.#config = config;
    this.memory = engine.memoryBytes;
    world.memoryOf(this, 0);
  }

  get weights(): number {
    return this.#engine.memoryBytes;
  }

  fraction(device: Device): number {
    return partitionFraction(this.#config.partition, device);
  }

  async run(batch: number): Promise<Run> {
    this.memory = Math.max(this.memory, this.#world.memoryOf(this, batch));
    const { clock } = this.#world;
    const service = this.#world.durationOf(this.#engine, this.#config, batch);
    const start = clock.now();
    await clock.sleep(service);
    this.#cpuSeconds += this.#world.use(this.#config, service);
    return { start, end: clock.now(), service };
  }

  async usage() {
    return {
      cpuSeconds: this.#cpuSeconds,
      memoryPeakBytes: this.memory,
      energyJoules: this.#world.energyJoules,
      otherCpuSeconds: 0,
      throttleEvents: 0,
      reasons: {},
    };
  }

  async close(): Promise<void> {
    this.#world.close(this);
  }
}

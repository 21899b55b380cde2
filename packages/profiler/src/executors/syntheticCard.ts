import { hashSeed, seededRandom } from "@partitune/numerics";
import {
  type Bytes,
  type Config,
  type Device,
  formatPartition,
  InputError,
  type Joules,
  namePowerMode,
  type PowerMode,
  powerSettings,
  type Seconds,
  type Telemetry,
  type Watts,
  type Workload,
} from "@partitune/schema";
import { type CardClocks, cardClocks } from "../cardClocks.ts";
import { cardIdle, cardSlowdown } from "../cardFormula.ts";
import { cardNoise } from "../cardNoise.ts";
import { cardPiece } from "../cardPiece.ts";
import { cardWork, cardWorkloads } from "../cardWorkloads.ts";
import { a100 } from "../devices/nvidiaCards.ts";
import { type Clock, type Executor, type PowerSettings, type Session, WorkerFailure } from "../executor.ts";
import { powerModesByName } from "../powerModesByName.ts";
import { virtualClock } from "../virtualClock.ts";
import { type CardSensors, cardSensors, type SensedClocks, sensorSeconds } from "./cardSensors.ts";
import { type CardHost, type CardPace, CardSession } from "./cardSession.ts";
import { nullSession } from "./nullSession.ts";
import type { BoardFaults } from "./syntheticBoard.ts";

/** What is made to go wrong, as it does on cards. */
export interface CardFaults extends BoardFaults {
  /** Names of workloads that crash when they are started → what they last said. */
  readonly crashes?: Readonly<Record<string, string>>;
}

/** A card that exists as a formula only. */
export interface CardOptions {
  /** Seed of the noise. */
  readonly seed: string;
  readonly device: Device;
  /** Virtual by default; a real one makes every batch take its time. */
  readonly clock: Clock;
  /** Factor on the noise; 0 for none. */
  readonly noise: number;
  readonly faults: CardFaults;
  /** Whether it has sensors of power, clocks, temperature and use, and an energy counter as slow as a card's; none by default. */
  readonly sensors: boolean;
}

/** Modes beside the default: two locked clocks and a cap, so that there is something to choose. */
const furtherModes = [{ gpuHertz: 1.2e9 }, { gpuHertz: 0.9e9 }, { powerCapWatts: 250 }];

/** The A100 of the shelf with a formula in its place. */
export const syntheticA100: Device = {
  ...a100,
  name: "synthetic-a100-80gb",
  processor: `a formula in the likeness of ${a100.processor}`,
  powerModes: [...a100.powerModes, ...furtherModes.map((mode) => ({ name: namePowerMode(mode), ...mode }))],
  synthetic: true,
};

/** Processes of a workload at once: MPS clients of a card. */
const mostProcesses = 48;

/**
 * A synthetic A100 with MIG instances, MPS shares, static partitions, locked clocks and power caps: a roofline over multiprocessors and bandwidth
 * ({@link cardCost}), slowed down by neighbours in the same memory ({@link cardSlowdown}), with seeded noise ({@link cardNoise}), in virtual time. Its
 * meter counts the energy of the whole card. Under a cap it runs at the highest clock that keeps it.
 */
export function syntheticCardExecutor(options: Partial<CardOptions> = {}): Executor {
  const settings: CardOptions = {
    seed: "synthetic",
    device: syntheticA100,
    clock: virtualClock(),
    noise: 1,
    faults: {},
    sensors: false,
    ...options,
  };
  const { clock, device, seed, noise, sensors } = settings;
  const world = new CardWorld(settings);
  return {
    name: "synthetic-a100",
    clock,
    engines: ["synthetic-card", "idle"],
    mostProcesses,
    async describe() {
      const environment = { executor: "synthetic-a100", seed, noise: String(noise), clock: clock.name };
      return { device, environment: sensors ? { ...environment, sensors: `every ${sensorSeconds} s` } : environment };
    },
    async identify(workload) {
      checkWorkload(workload);
      return "";
    },
    async admit(partition) {
      const kinds = device.partitionSchemes.map(({ kind }) => kind);
      if (kinds.some((kind) => kind === partition.kind)) return void cardPiece(partition, device);
      throw new InputError({
        what: `partition "${formatPartition(partition)}"`,
        problem: `is none of "${device.name}"`,
        advice: `choose one of ${kinds.join(", ")}`,
      });
    },
    async openNull() {
      return nullSession(clock);
    },
    ...(sensors ? { openIdle: async () => world.openIdle() } : {}),
    async open(workload, config) {
      return world.open(workload, config);
    },
  };
}

function checkWorkload({ name, task, engine }: Workload): void {
  if (engine.engine !== "synthetic-card" || (task === "inference" && cardWork(engine.workload) !== undefined)) return;
  throw new InputError({
    what: `workload "${name}"`,
    problem: `asks for ${task} of "${engine.workload}", which the synthetic card has no formula for`,
    advice: `infer with one of ${cardWorkloads.map((each) => each.name).join(", ")}`,
  });
}

/** Scatter of interference around its formula, from pair to pair. */
const slowdownNoise = 0.008;
/** The card: its mode, its meter, and what runs on it. */
class CardWorld implements CardHost {
  readonly #options: CardOptions;
  readonly #open = new Set<CardSession>();
  readonly #takes = new Map<string, number>();
  readonly #paces = new Map<CardSession, CardPace>();
  readonly #sensors: CardSensors | undefined;
  #mode: PowerMode;
  #energy: Joules = 0;

  constructor(options: CardOptions) {
    this.#options = options;
    this.#mode = options.device.powerModes[0]!;
    this.#sensors = options.sensors ? cardSensors(cardIdle) : undefined;
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  get limits(): PowerSettings {
    const { powerModes, powerLevels } = this.#options.device;
    const highest = powerSettings.map((setting) => [setting, powerLevels?.[setting]?.at(-1)] as const);
    const { name: _, ...unlocked } = powerModes[0]!;
    const { name: __, ...settings } = this.#mode;
    return { ...Object.fromEntries(highest.filter(([, most]) => most !== undefined)), ...unlocked, ...settings };
  }

  open(workload: Workload, config: Config): Session {
    const { faults, device } = this.#options;
    const { powerMode } = config;
    const refusal = faults.refuses?.[powerMode];
    if (refusal !== undefined)
      throw new WorkerFailure("failed", `power mode "${powerMode}" could not be set: ${refusal}`);
    const mode = this.#modeOf(faults.fallsBack?.[powerMode] ?? powerMode);
    if (this.#open.size > 0 && mode !== this.#mode)
      throw new WorkerFailure("failed", `power mode "${powerMode}" cannot be set while a workload runs in another one`);
    const crash = faults.crashes?.[workload.name];
    if (crash !== undefined) throw new WorkerFailure("crashed", `the worker crashed: ${crash}`);
    this.#mode = mode;
    const session = new CardSession(this, workload, config, cardPiece(config.partition, device));
    this.#open.add(session);
    return session;
  }

  openIdle(): Session {
    return {
      mechanism: "none",
      run: () => Promise.reject(new WorkerFailure("failed", "nothing runs on the idle card")),
      usage: async () => ({
        cpuSeconds: null,
        memoryPeakBytes: null,
        energyJoules: this.energyJoules(),
        otherCpuSeconds: 0,
        throttleEvents: 0,
        reasons: { cpuSeconds: "nothing runs", memoryPeakBytes: "nothing runs" },
      }),
      telemetry: async (from, to) => this.telemetry(from, to),
      close: async () => {},
    };
  }

  /** The last one to leave puts the default mode back. */
  close(session: CardSession): void {
    this.#open.delete(session);
    this.#paces.clear();
    if (this.#open.size === 0) this.#mode = this.#options.device.powerModes[0]!;
  }

  /** A session has turned to another batch: everybody's pace may change. */
  turned(session: CardSession): void {
    this.#checkMemory(session);
    this.#paces.clear();
    this.#sensors?.clocked(this.clock.now(), this.#sensedClocks());
  }

  paceOf(session: CardSession): CardPace {
    const known = this.#paces.get(session);
    if (known !== undefined) return known;
    const clocks = this.#clocks();
    const cost = session.cost(clocks);
    const pace = { cost, slowdown: this.#slowdownOf(session, clocks) };
    this.#paces.set(session, pace);
    return pace;
  }

  noiseOf(configuration: string, company: number) {
    const take = this.#takes.get(configuration) ?? 0;
    this.#takes.set(configuration, take + 1);
    return cardNoise({ seed: this.#options.seed, configuration, take, company }, this.#options.noise);
  }

  neighboursOf(session: CardSession): readonly CardSession[] {
    if (session.piece.isolated) return [];
    return [...this.#open].filter((other) => other !== session && other.isBusy && !other.piece.isolated);
  }

  use(energy: Joules, from: Seconds, to: Seconds): void {
    if (this.clock.now() <= this.#meterEnd) this.#energy += energy;
    this.#sensors?.used(from, to, energy);
  }

  telemetry(from: Seconds, to: Seconds): Telemetry | undefined {
    return this.#sensors?.read(from, to, this.clock.now());
  }

  get energyUpdateSeconds(): Seconds | undefined {
    return this.#sensors === undefined ? undefined : sensorSeconds;
  }

  energyJoules(): Joules {
    return this.#energy + cardIdle * Math.min(this.clock.now(), this.#meterEnd);
  }

  get #meterEnd(): Seconds {
    return this.#options.faults.meterStopsAt ?? Number.POSITIVE_INFINITY;
  }

  #slowdownOf(session: CardSession, clocks: CardClocks): number {
    const neighbours = this.neighboursOf(session);
    if (neighbours.length === 0) return 1;
    const { seed, noise } = this.#options;
    const names = [session, ...neighbours].map(({ configuration }) => configuration);
    const scatter = Math.exp(slowdownNoise * noise * seededRandom(hashSeed("interference", seed, ...names)).normal());
    const formula = cardSlowdown(
      session.use(clocks),
      neighbours.map((each) => each.use(clocks)),
    );
    const crowd = [session, ...neighbours].reduce((sum, each) => sum + each.cost(clocks).busy.multiprocessors, 0);
    return Math.max(1, formula * scatter) * Math.max(1, crowd);
  }

  /** Memory is the instance's own, or what all others on the card leave. */
  #checkMemory(session: CardSession): void {
    const { piece } = session;
    const others = this.neighboursOf(session).reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
    if (session.memoryBytes + others <= piece.memoryBytes) return;
    const gibibytes = (bytes: Bytes) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
    throw new WorkerFailure(
      "out-of-memory",
      `${session.configuration} needs ${gibibytes(session.memoryBytes)}${others === 0 ? "" : ` beside ${gibibytes(others)} in use`}, and there are ${gibibytes(piece.memoryBytes)}`,
    );
  }

  #clocks(): CardClocks {
    return cardClocks(this.#mode, this.#options.device, (clocks) => this.#wattsAt(clocks));
  }

  #sensedClocks(): SensedClocks {
    const { powerLevels } = this.#options.device;
    const { multiprocessors, memory } = this.#clocks();
    const isCapped = this.#mode.powerCapWatts !== undefined && multiprocessors < 1;
    return {
      gpuHertz: multiprocessors * (powerLevels?.gpuHertz?.at(-1) ?? 0),
      memoryHertz: memory * (powerLevels?.memoryHertz?.at(-1) ?? 0),
      reason: isCapped ? "power-cap" : multiprocessors < 1 ? "clock-setting" : "",
    };
  }

  #wattsAt(clocks: CardClocks): Watts {
    return [...this.#open]
      .filter(({ isBusy }) => isBusy)
      .reduce((sum, session) => sum + session.cost(clocks).powerWatts, cardIdle);
  }

  #modeOf(name: string): PowerMode {
    const mode = powerModesByName(this.#options.device).get(name);
    if (mode !== undefined) return mode;
    throw new WorkerFailure("failed", `the synthetic card has no power mode "${name}"`);
  }
}

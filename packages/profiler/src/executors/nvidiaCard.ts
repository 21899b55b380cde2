import { tmpdir } from "node:os";
import type { Bytes, Device, PowerMode, Seconds, Telemetry, Warning } from "@partitune/schema";
import { type CardPlace, governorsOf } from "../cardGovernors/index.ts";
import { DeviceLost, type Usage, WorkerFailure } from "../executor.ts";
import { findProgram } from "../findProgram.ts";
import type { Governor } from "../governors/governor.ts";
import { tellSmi } from "../mig/migCommands.ts";
import type { MpsHost } from "../mps/mpsDaemon.ts";
import { type MpsDaemons, mpsDaemons } from "../mps/mpsDaemons.ts";
import type { Card, CardDriver } from "../nvidia/card.ts";
import type { DescribeCardOptions, DescribedCard } from "../nvidia/describeCard.ts";
import type { CardDriverOptions } from "../nvidia/openCardDriver.ts";
import type { CardMeter } from "../nvidia/openCardMeter.ts";
import { powerModesByName } from "../powerModesByName.ts";
import { readProcessStat } from "../readProcessStat.ts";
import type { GuardedRestoration } from "../restore/openRestoration.ts";
import type { RestoreStep } from "../restore/restoreStep.ts";
import { systemClock } from "../systemClock.ts";
import { type CardUsers, cardUsers } from "./cardUsers.ts";
import { type ChosenCard, chooseCard } from "./chooseCard.ts";
import { type NvidiaModes, nvidiaModes } from "./nvidiaModes.ts";
import { putBackOrSay } from "./putBackOrSay.ts";
import type { WorkerProcess } from "./workerProcess.ts";

/** How the card is opened. Tests put their own programs and folders in the place of this machine's. */
export interface NvidiaCardOptions {
  /** Index or UUID; needed where the machine has several. */
  readonly card?: string;
  /** Creates missing MIG instances, and destroys them afterwards. */
  readonly createMig: boolean;
  /** The most device memory that each client of MPS may allocate. */
  readonly clientMemoryBytes?: Bytes;
  /** Where the driver is found, when not in the usual places. */
  readonly driver: CardDriverOptions;
  /** Where /proc is found. */
  readonly root: string;
  /** Folder below which MPS daemons get their own. */
  readonly runFolder: string;
}

export const usualCardOptions: NvidiaCardOptions = { createMig: false, driver: {}, root: "/", runFolder: tmpdir() };

/** What the card tells of itself, and who uses it. */
export interface CardUsage {
  readonly device: Omit<Usage, "cpuSeconds" | "memoryPeakBytes">;
  readonly users: CardUsers;
}

/** Clocks of the load that has just ended are seen in readings of so long ago. */
const lookBack: Seconds = 0.2;

/** The card of an executor, with everything that its sessions share. */
export class NvidiaCard {
  readonly device: Device;
  readonly environment: Readonly<Record<string, string>>;
  readonly warnings: readonly Warning[];
  readonly governors: readonly Governor[];
  readonly modes: NvidiaModes;
  /** Process groups of all workers, by their leaders. */
  readonly workers = new Set<number>();
  readonly #chosen: ChosenCard;
  readonly #driver: CardDriver;
  readonly #meter: CardMeter;
  readonly #daemons: MpsDaemons;
  readonly #driverOptions: CardDriverOptions;
  #opening: Promise<GuardedRestoration> | undefined;
  #restoration: GuardedRestoration | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Loads the driver and finds out what the card is; nothing is changed by it.
   *
   * @throws InputError when there is no driver or no such card, or the card is in use or was left changed by another campaign
   */
  static async open(options: NvidiaCardOptions): Promise<NvidiaCard> {
    const { openCardDriver } = await import("../nvidia/openCardDriver.ts");
    const driver = await openCardDriver(options.driver);
    try {
      const chosen = await chooseCard(driver, options.card);
      const { refuseLeftover } = await import("../restore/refuseLeftover.ts");
      await refuseLeftover(chosen.card.uuid);
      const { describeCard } = await import("../nvidia/describeCard.ts");
      const described = await describeCard(chosen.card, driver, await readListing(chosen.card));
      const device = await asFound(described.device, chosen.card);
      const { openCardMeter } = await import("../nvidia/openCardMeter.ts");
      const meter = await openCardMeter({ uuid: chosen.card.uuid, driver: options.driver });
      return new NvidiaCard(options, driver, chosen, { ...described, device }, meter);
    } catch (error) {
      await driver.close();
      throw error;
    }
  }

  private constructor(
    options: NvidiaCardOptions,
    driver: CardDriver,
    chosen: ChosenCard,
    described: DescribedCard,
    meter: CardMeter,
  ) {
    const { card } = chosen;
    const { clientMemoryBytes } = options;
    const limit =
      clientMemoryBytes === undefined ? {} : { "memory limit of MPS clients": `${clientMemoryBytes} bytes` };
    this.device = described.device;
    this.environment = { executor: "nvidia", ...described.environment, ...limit };
    this.warnings = described.warnings;
    this.#chosen = chosen;
    this.#driver = driver;
    this.#meter = meter;
    const programs = { mps: findProgram("nvidia-cuda-mps-control"), smi: findProgram("nvidia-smi") };
    const restoration = () => this.#guard();
    this.#daemons = mpsDaemons((): MpsHost => ({ program: programs.mps!, runFolder: options.runFolder, restoration }));
    const place: CardPlace = {
      ...chosen,
      device: this.device,
      driver: driver.versions.driver ?? "",
      daemons: this.#daemons,
      programs,
      root: options.root,
      createMig: options.createMig,
      ...(clientMemoryBytes === undefined ? {} : { clientMemoryBytes }),
      restoration,
      direct: new Set(),
    };
    this.governors = governorsOf(place);
    this.modes = nvidiaModes(card, this.device.powerModes[0]!, restoration);
    this.#driverOptions = options.driver;
  }

  modeOf(name: string): PowerMode {
    const mode = powerModesByName(this.device).get(name);
    if (mode !== undefined) return mode;
    throw new WorkerFailure("failed", `"${this.device.name}" has no power mode "${name}"`);
  }

  /** @throws DeviceLost when the guard has put the card back since this process was stopped for too long */
  checkGuarded(): void {
    const signal = this.#restoration?.signal;
    if (signal?.aborted === true) throw new DeviceLost((signal.reason as Error).message);
  }

  /** @throws DeviceLost when the card has gone, or is no longer as it was set */
  async checkThere(): Promise<void> {
    this.checkGuarded();
    await this.#chosen.card.sample();
  }

  /** @throws DeviceLost */
  async usage(): Promise<CardUsage> {
    this.checkGuarded();
    const { card } = this.#chosen;
    const asked = systemClock.now();
    const energy = await this.#meter.energyJoules();
    const throttles = await this.#meter.throttleEvents();
    const shown = await this.#meter.between(asked - lookBack, systemClock.now());
    const users = await cardUsers(card, this.workers, this.#daemons.folders());
    const device = {
      energyJoules: energy.value,
      energyUpdateSeconds: this.#meter.energyUpdateSeconds(),
      otherCpuSeconds: null,
      otherProcesses: users.others,
      throttleEvents: throttles.value,
      powerMode: await this.modes.readBack({
        gpuHertz: highest(shown.gpu_clock_hz),
        memoryHertz: highest(shown.memory_clock_hz),
      }),
      reasons: energy.value === null ? { energyJoules: energy.reason } : {},
    };
    return { device, users };
  }

  /** @throws DeviceLost */
  telemetry(from: Seconds, to: Seconds): Promise<Telemetry> {
    return this.#meter.between(from, to);
  }

  /** Leaves the card alone until the returned function is called. */
  pauseMeter(): () => void {
    this.#meter.pause();
    return () => this.#meter.resume();
  }

  /**
   * Starts a worker, of which is written down how it is ended before it becomes its program.
   *
   * @param start  starts it, and calls the function that it is given as soon as the process exists
   */
  async guarded(start: (onSpawn: (pid: number) => Promise<void>) => Promise<WorkerProcess>): Promise<WorkerProcess> {
    const restoration = await this.#guard();
    const steps: RestoreStep[] = [];
    const onSpawn = async (pid: number) => {
      const startTicks = (await readProcessStat(pid))?.startTicks;
      if (startTicks === undefined) return; // it has ended already, which is found out next
      const step: RestoreStep = { what: `worker process ${pid} is ended`, kind: "process", pid, startTicks };
      await restoration.add(step);
      steps.push(step);
    };
    const forget = async () => void (await restoration.undo(steps.splice(0)));
    const worker = await start(onSpawn).catch(async (error) => {
      await forget();
      throw error;
    });
    return {
      ready: worker.ready,
      pid: worker.pid,
      run: (batch, timeout) => worker.run(batch, timeout),
      stats: (timeout) => worker.stats(timeout),
      close: () => worker.close().finally(forget),
    };
  }

  /**
   * Ends what runs, puts everything back, and lets go of the driver. May be called twice.
   *
   * @throws InputError naming what could not be put back
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#meter.close();
    try {
      await this.#daemons.close();
    } finally {
      const restoration = await this.#opening?.catch(() => undefined);
      if (restoration !== undefined) await putBackOrSay(this.device.name, restoration);
      await this.#driver.close();
    }
  }

  /** From the first process or change on, a guard watches over the card. */
  #guard(): Promise<GuardedRestoration> {
    this.#opening ??= this.#openGuard();
    return this.#opening;
  }

  async #openGuard(): Promise<GuardedRestoration> {
    const { openRestoration } = await import("../restore/openRestoration.ts");
    this.#restoration = await openRestoration({ device: this.#chosen.card.uuid, driver: this.#driverOptions });
    return this.#restoration;
  }
}

function highest(values: readonly (number | null)[]): number | null {
  return values.reduce((most, value) => (value === null || (most !== null && most >= value) ? most : value), null);
}

/** Profiles and placements as this driver has them, where the card is cut and nvidia-smi lists them. */
async function readListing(card: Card): Promise<DescribeCardOptions> {
  const program = findProgram("nvidia-smi");
  if (program === undefined || (await card.facts()).migEnabled !== true) return {};
  const lists = [
    await tellSmi(program, ["-i", card.uuid, "-lgip"]),
    await tellSmi(program, ["-i", card.uuid, "-lgipp"]),
  ];
  return lists.every(({ ok }) => ok) ? { migListing: lists.map(({ text }) => text).join("\n") } : {};
}

/** The default mode is the card as it is found: an administrator may have limited its power, which is no reason to change it. */
async function asFound(device: Device, card: Card): Promise<Device> {
  const { powerLimitWatts } = await card.settings();
  const [usual, ...further] = device.powerModes;
  if (powerLimitWatts === null || powerLimitWatts === usual!.powerCapWatts) return device;
  return { ...device, powerModes: [{ ...usual!, powerCapWatts: powerLimitWatts }, ...further] };
}

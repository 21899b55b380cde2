import type { Bytes, Fraction, Hertz, Watts } from "@partitune/schema";
import { DeviceLost } from "../executor.ts";
import type { Reading } from "../meters/reading.ts";

/**
 * Why a card lowers its clocks, by the bit that NVML sets for it (`nvmlClocksEventReason…`); `other` is any bit that is not known here.
 * The {@link invalidatingReasons} make a measurement invalid, the others are part of the data.
 */
export const clockReasons = [
  "idle",
  "clock-setting",
  "power-cap",
  "hardware-slowdown",
  "sync-boost",
  "thermal-software",
  "thermal-hardware",
  "power-brake",
  "display-clock",
  "board-limit",
  "reliability",
  "other",
] as const;
export type ClockReason = (typeof clockReasons)[number];

/** Reasons of which no measurement can be trusted: the card protects itself. */
export const invalidatingReasons: readonly ClockReason[] = [
  "hardware-slowdown",
  "thermal-software",
  "thermal-hardware",
  "power-brake",
];

/** For each value that is null: why. */
export type Unread = Readonly<Record<string, string>>;

/** A MIG instance that exists, as the driver lists it. */
export interface MigInstance {
  readonly uuid: string;
  /** Profile's name, such as `1g.10gb`. */
  readonly profile: string;
  /** First memory slice; null where this user may not ask (it takes root). */
  readonly start: number | null;
  readonly multiprocessors: number | null;
  readonly memoryBytes: Bytes | null;
  readonly unread: Unread;
}

/** What a card is. Null where the driver does not tell. */
export interface CardFacts {
  readonly uuid: string;
  /** PCI bus address. */
  readonly bus: string;
  /** The maker's name, such as `NVIDIA H200`. */
  readonly name: string;
  readonly memoryBytes: Bytes;
  readonly multiprocessors: number | null;
  /** CUDA compute capability, such as `9.0`. */
  readonly computeCapability: string | null;
  readonly migEnabled: boolean | null;
  readonly persistence: boolean | null;
  readonly ecc: boolean | null;
  readonly computeMode: "default" | "exclusive-process" | "prohibited" | null;
  /** Limits the power cap may be set between, and the one set by default. */
  readonly powerLimits: { readonly least: Watts; readonly most: Watts; readonly usual: Watts } | null;
  /** Clocks that can be locked: memory clock → clocks of the multiprocessors, both rising. Empty where not told. */
  readonly clocks: ReadonlyMap<Hertz, readonly Hertz[]>;
  readonly unread: Unread;
}

/** What a card shows at one moment. Null where it could not be read. */
export interface CardSample {
  /** The reading to integrate: of the two below the one that leaves least out, see choosePower.ts. */
  readonly powerWatts: Watts | null;
  /** By name; a card's plain reading is one or the other. */
  readonly averageWatts: Watts | null;
  readonly instantWatts: Watts | null;
  readonly gpuHertz: Hertz | null;
  readonly memoryHertz: Hertz | null;
  readonly temperatureCelsius: number | null;
  readonly busyFraction: Fraction | null;
  /** Empty when nothing lowers the clocks. */
  readonly reasons: readonly ClockReason[] | null;
  readonly unread: Unread;
}

/** A process that has a context on the card. */
export interface CardProcess {
  readonly pid: number;
  /** `mps` stands for a client of an MPS server. */
  readonly kind: "compute" | "graphics" | "mps";
  /** Null where the driver does not tell, as for MIG instances without rights. */
  readonly memoryBytes: Bytes | null;
}

/**
 * Settings of a card that can be changed, as it reports them now. Null where not told. NVML has no function that tells which clocks are locked:
 * the clocks that a loaded card shows are the only evidence of it.
 */
export interface CardSettings {
  readonly powerLimitWatts: Watts | null;
  /** The limit that counts, after those set elsewhere (a chassis, another power scope). */
  readonly enforcedLimitWatts: Watts | null;
  readonly lockedGpuHertz: Hertz | null;
  readonly lockedMemoryHertz: Hertz | null;
  readonly unread: Unread;
}

/** Time for which clocks were held down, s since the driver was loaded: counters that only rise, and miss nothing between two samples. */
export interface CardViolations {
  readonly powerSeconds: Reading;
  readonly thermalSeconds: Reading;
}

/** One NVIDIA card. Every method may throw {@link CardLost}. */
export interface Card {
  readonly uuid: string;
  facts(): Promise<CardFacts>;
  sample(): Promise<CardSample>;
  violations(): Promise<CardViolations>;
  /** Energy since the driver was loaded, J; a counter that only rises, renewed about every 100 ms. */
  energyJoules(): Promise<Reading>;
  /** Memory in use on the card, by whomever, bytes. */
  memoryUsedBytes(): Promise<Reading>;
  settings(): Promise<CardSettings>;
  processes(): Promise<readonly CardProcess[]>;
  migInstances(): Promise<readonly MigInstance[]>;
  /**
   * Setters answer when the driver has taken the value; a limit is read back by {@link settings}, a lock cannot be. Null lifts a lock or restores
   * the default.
   *
   * @throws InputError when the driver refuses, with its reason and what to do (rights, a range, a mode it has not)
   */
  setPowerLimit(watts: Watts | null): Promise<void>;
  lockGpuClock(hertz: Hertz | null): Promise<void>;
  lockMemoryClock(hertz: Hertz | null): Promise<void>;
}

/** The way to the cards of this machine. */
export interface CardDriver {
  /** `nvml`, or `nvidia-smi` where the library cannot be loaded. */
  readonly name: "nvml" | "nvidia-smi";
  /** Versions for the record: driver, CUDA, NVML. */
  readonly versions: Readonly<Record<string, string>>;
  /** Why a better way could not be taken; empty for the best one. */
  readonly passedOver: readonly string[];
  /** Cards that are there and cannot be used, and why: fallen off the bus, not permitted. */
  readonly unusable: readonly string[];
  cards(): Promise<readonly Card[]>;
  /** May be called twice. */
  close(): Promise<void>;
}

/** A card that has fallen off the bus or needs a reset: nothing measured since can be trusted, and nothing more can be measured. */
export class CardLost extends DeviceLost {
  override readonly name = "CardLost";
}

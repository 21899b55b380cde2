import type { Bytes, Fraction, Hertz, Watts } from "@partitune/schema";
import type { Reading } from "../meters/reading.ts";

/** Why a card lowers its clocks. The first two are expected and part of the data; the others make a measurement invalid. */
export const clockReasons = [
  "idle",
  "power-cap",
  "clock-setting",
  "sync-boost",
  "display-clock",
  "thermal-software",
  "thermal-hardware",
  "hardware-slowdown",
  "power-brake",
] as const;
export type ClockReason = (typeof clockReasons)[number];

/** A MIG instance that exists, as the driver lists it. */
export interface MigInstance {
  readonly uuid: string;
  /** Profile's name, such as `1g.10gb`. */
  readonly profile: string;
  /** First memory slice. */
  readonly start: number;
  readonly multiprocessors: number;
  readonly memoryBytes: Bytes;
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
}

/** What a card shows at one moment. Null where it could not be read. */
export interface CardSample {
  readonly powerWatts: Watts | null;
  readonly gpuHertz: Hertz | null;
  readonly memoryHertz: Hertz | null;
  readonly temperatureCelsius: number | null;
  readonly busyFraction: Fraction | null;
  readonly reasons: readonly ClockReason[];
}

/** A process that has a context on the card. */
export interface CardProcess {
  readonly pid: number;
  /** Null where the driver does not tell, as for MIG instances without rights. */
  readonly memoryBytes: Bytes | null;
}

/** Settings of a card that can be changed, as it reports them now. Null where not told; clocks are null when not locked. */
export interface CardSettings {
  readonly powerLimitWatts: Watts | null;
  readonly lockedGpuHertz: Hertz | null;
  readonly lockedMemoryHertz: Hertz | null;
}

/** One NVIDIA card. Every method may throw {@link CardLost}. */
export interface Card {
  readonly uuid: string;
  facts(): Promise<CardFacts>;
  sample(): Promise<CardSample>;
  /** Energy since the driver was loaded, J; a counter that only rises, renewed about every 100 ms. */
  energyJoules(): Promise<Reading>;
  /** Memory in use on the card, by whomever, bytes. */
  memoryUsedBytes(): Promise<Reading>;
  settings(): Promise<CardSettings>;
  processes(): Promise<readonly CardProcess[]>;
  migInstances(): Promise<readonly MigInstance[]>;
  /**
   * Setters answer when the driver has taken the value; what it came to is read back by {@link settings}. Null lifts a lock or restores the default.
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
  cards(): Promise<readonly Card[]>;
  /** May be called twice. */
  close(): Promise<void>;
}

/** A card that has fallen off the bus or needs a reset: nothing measured since can be trusted, and nothing more can be measured. */
export class CardLost extends Error {
  override readonly name = "CardLost";
}

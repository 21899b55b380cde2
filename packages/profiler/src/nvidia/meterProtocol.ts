import type { Hertz, Joules, Seconds, Watts } from "@partitune/schema";
import type { CardDriverOptions } from "./openCardDriver.ts";

/** What the meter's process is told when it is started. */
export interface MeterTask {
  readonly uuid: string;
  readonly driver: CardDriverOptions;
  readonly hertz: Hertz;
}

/** One reading of a card, as it is sent. Null where it could not be read. */
export interface MeterRow {
  /** Middle of the reading, on the machine's monotonic clock, which all processes share. */
  readonly time: Seconds;
  readonly powerWatts: Watts | null;
  readonly averageWatts: Watts | null;
  readonly instantWatts: Watts | null;
  readonly gpuHertz: Hertz | null;
  readonly memoryHertz: Hertz | null;
  readonly temperatureCelsius: number | null;
  readonly busyFraction: number | null;
  /** Null where they could not be read, empty where there are none. */
  readonly reasons: readonly string[] | null;
  readonly energyJoules: Joules | null;
  readonly unread: Readonly<Record<string, string>>;
}

/** What the process answers to a question: what it costs, and what its card counts beside the samples. */
export interface MeterStatus {
  /** Processor time of the process since it began sampling. */
  readonly cpuSeconds: Seconds;
  readonly thermalSeconds: Seconds | null;
}

/** What the meter needs to know of its card. */
export interface MeterCard {
  readonly name: string;
  readonly computeCapability: string | null;
  readonly migEnabled: boolean | null;
  readonly limitWatts: Watts | null;
  /** Readings in a second: those asked for, or as many as the way to the card allows. */
  readonly hertz: Hertz;
}

export type MeterMessage =
  | { readonly kind: "ready"; readonly card: MeterCard }
  | { readonly kind: "rows"; readonly rows: readonly MeterRow[] }
  | { readonly kind: "answer"; readonly id: number; readonly status: MeterStatus }
  /** The card is gone; nothing follows. */
  | { readonly kind: "lost"; readonly message: string }
  /** It cannot begin; nothing follows. */
  | { readonly kind: "failed"; readonly what: string; readonly problem: string; readonly advice: string };

export type MeterRequest =
  /** Take a reading now, send all that were not sent, then the answer. */
  { readonly kind: "ask"; readonly id: number } | { readonly kind: "pause" | "resume" };

import type { Random } from "@partitune/numerics";
import type { Seconds, Watts } from "@partitune/schema";

/** What a setting of a mode is; strategies that know the physics need it. */
export type ModeQuantity = "cores" | "cpu-clock" | "gpu-clock" | "memory-clock" | "power-cap" | "batch";

/** One column of a grid of modes. */
export interface ModeDimension {
  /** As the user calls it, for messages. */
  readonly name: string;
  /** `mono`: more of it is faster and takes more power (clocks, cores, caps). `free`: anything (the batch size of a training). */
  readonly kind: "mono" | "free";
  /** What it is, where known; clocks are in hertz, caps in watts. */
  readonly quantity?: ModeQuantity;
}

/** The modes that may be chosen. */
export interface ModeGrid {
  /** d columns. */
  readonly dimensions: readonly ModeDimension[];
  /** n × d, a row per mode, columns as in `dimensions`, positive SI values; it need not be complete, but no row may appear twice. */
  readonly modes: readonly (readonly number[])[];
}

/** What is sought, and with how many measurements. */
export interface StrategyInput {
  readonly grid: ModeGrid;
  /** Measured power must not exceed this. */
  readonly budgetWatts: Watts;
  /** Modes that may be measured, at least 1. */
  readonly probes: number;
  /** The only source of chance. */
  readonly random: Random;
}

/** The measured cost of one mode. */
export interface ModeCost {
  /** Time of one unit of work (a training minibatch, an epoch), above 0. */
  readonly timeSeconds: Seconds;
  /** Mean power during that time, idle included, above 0. */
  readonly powerWatts: Watts;
}

/** A mode that could not be applied, or of which a table has no row. */
export interface FailedProbe {
  readonly failed: string;
}

export type ProbeOutcome = ModeCost | FailedProbe;

/** A measured mode. */
export interface Observation extends ModeCost {
  /** Row of the grid. */
  readonly index: number;
}

/** A mode that is worth measuring. */
export interface Proposal {
  /** Row of the grid. */
  readonly index: number;
  /** Why this one, in a few words. */
  readonly reason: string;
}

/**
 * A search that asks for measurements and is told them.
 *
 * It never asks for a mode twice. Failed modes do not count as measured, but it gives up after as many failures as it may measure modes,
 * so that a device that applies nothing ends the search.
 */
export interface Strategy {
  readonly name: string;
  readonly input: StrategyInput;
  /** The next mode to measure; the same one until it is told. `null` when the probes are used up or no mode is worth one. */
  ask(): Proposal | null;
  /**
   * Takes a measurement, whether asked for or known beforehand; known ones count as measured.
   *
   * @throws InputError when there is no such mode, it was told before, or its time or power is not a finite number above 0
   */
  tell(index: number, outcome: ProbeOutcome): void;
  /** The fastest mode measured within the budget; of equals the one of less power. `null` when there is none yet. */
  best(): number | null;
  /** What was measured, in order. */
  observations(): readonly Observation[];
  /** Modes that are neither measured nor failed nor ruled out. */
  candidates(): number;
}

/** Starts a search. @throws InputError when the grid, the budget or the number of probes makes no sense */
export type StartStrategy = (input: StrategyInput) => Strategy;

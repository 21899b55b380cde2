import type { Random } from "@partitune/numerics";
import type { Fraction, ModeProblem, Seconds, Watts } from "@partitune/schema";
import type { ProblemAnswer } from "../problems/answerProblem.ts";

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

/**
 * The modes that may be chosen. Where a training has several minibatch sizes, its batch is a `free` dimension and the rows are pairs of
 * batch and mode; the time of a row is then that of one sample or of one epoch, so that rows compare.
 */
export interface ModeGrid {
  /** d columns. */
  readonly dimensions: readonly ModeDimension[];
  /** n × d, a row per mode, columns as in `dimensions`, positive SI values; it need not be complete, but no row may appear twice. */
  readonly modes: readonly (readonly number[])[];
  /** n different names, by which answers call the modes. */
  readonly names: readonly string[];
}

/** What to measure: minibatches of a workload in a mode, or the device at rest. */
export interface ModeRun {
  /** Row of the grid. */
  readonly mode: number;
  /** `null`: the idle device. */
  readonly workload: string | null;
  /** Requests in a minibatch of inference; `null` for training and for the idle device. */
  readonly batch: number | null;
}

/** The measured cost of one minibatch (of a sample or an epoch, where the grid has batches of a training). */
export interface ModeCost {
  /** Above 0. */
  readonly timeSeconds: Seconds;
  /** Mean power during that time, idle included, above 0. */
  readonly powerWatts: Watts;
}

/** The measured power of the device at rest. */
export interface IdleCost {
  readonly powerWatts: Watts;
}

/** A mode that could not be applied, a run that broke, or a table that has no row. */
export interface FailedRun {
  readonly failed: string;
}

export type RunOutcome = ModeCost | IdleCost | FailedRun;

/** A measured run. */
export interface Observation {
  readonly run: ModeRun;
  /** Time of one minibatch; `null` for the idle device. */
  readonly timeSeconds: Seconds | null;
  readonly powerWatts: Watts;
}

/** A run that is worth measuring. */
export interface Proposal {
  readonly run: ModeRun;
  /** Why this one, in a few words. */
  readonly reason: string;
}

/** Costs of one workload: x holds the settings of the mode (SI, columns of the grid) and, for inference, the batch. */
export interface LearnedRow extends ModeCost {
  readonly x: readonly number[];
}

/** Fits time and power of one workload to measured runs, and predicts them elsewhere; for strategies that bring no model of their own. */
export type Learn = (rows: readonly LearnedRow[], random: Random) => (x: readonly number[]) => ModeCost;

/** What is sought, and with how many measurements. */
export interface StrategyInput {
  readonly grid: ModeGrid;
  /** Any kind but "rate-schedule", which is solved from what another search has measured. */
  readonly problem: ModeProblem;
  /** Different modes that may be measured, at least 1; the runs in each of them are not counted. */
  readonly probes: number;
  /** The only source of chance. */
  readonly random: Random;
  /** Part of every budget left free when choosing, by default 0. */
  readonly margin?: Fraction;
  /** Measured before; free of charge. Runs of other workloads, or with other batches, are passed over. */
  readonly known?: readonly Observation[];
  /** A model from outside, for strategies that learn. */
  readonly learn?: Learn;
}

/**
 * A search that asks for measurements and is told them.
 *
 * It never asks for a run twice. Modes in which nothing could be measured do not count as measured, but it gives up after as many of
 * them as it may measure, so that a device that applies nothing ends the search.
 */
export interface Strategy {
  readonly name: string;
  readonly input: StrategyInput;
  /** The next run to measure; the same one until it is told. `null` when the probes are used up or nothing is worth one. */
  ask(): Proposal | null;
  /**
   * Takes a measurement, whether asked for or not.
   *
   * @throws InputError when there is no such mode or run, it was told before, or its time or power is not a finite number above 0
   */
  tell(run: ModeRun, outcome: RunOutcome): void;
  /** The exact solution over everything measured so far, with the margin left free. */
  answer(): ProblemAnswer;
  /** What was measured, in order, after what was known. */
  observations(): readonly Observation[];
  /** Different modes that something was measured in, without what was known. */
  modesMeasured(): number;
  /** Candidates, a mode with a minibatch of each served workload, that are not measured in full, nor failed, nor ruled out. */
  candidates(): number;
}

/** Starts a search. @throws InputError when the grid, the problem, what is known or the number of probes makes no sense */
export type StartStrategy = (input: StrategyInput) => Strategy;

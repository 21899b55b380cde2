import type { Bytes, Fraction, Seconds, Watts } from "@partitune/schema";

/** Constants of one network on the synthetic card. Times in ms at the highest clock, traffic in GB. */
export interface CardWork {
  /** Work of one item: time on a single multiprocessor. */
  readonly item: number;
  /** Time of a batch that no further multiprocessor shortens: the chain of kernels that wait for each other. */
  readonly chain: number;
  /** Launching a batch's kernels, by the processor: the floor of small batches. */
  readonly launch: number;
  /** Copying an item in and out. */
  readonly copy: number;
  /** Memory traffic of an item, and of the weights once a batch. */
  readonly traffic: { readonly item: number; readonly weights: number };
  /** Memory of one process: with its weights, and of each item of a batch. */
  readonly memory: { readonly process: Bytes; readonly item: Bytes };
  /** Power of its kernels relative to the hottest. */
  readonly activity: number;
}

/** The piece of the card that a workload runs on. */
export interface CardPiece {
  readonly multiprocessors: number;
  /** Part of the card's memory bandwidth that it can reach. */
  readonly bandwidth: Fraction;
}

/** What a workload runs with. */
export interface CardRun {
  readonly batch: number;
  /** Processes that are busy at once, one batch each. */
  readonly processes: number;
  readonly piece: CardPiece;
  /** Clocks relative to the highest. */
  readonly clock: { readonly multiprocessors: Fraction; readonly memory: Fraction };
}

/** What batches cost while all processes are busy and nobody else is. */
export interface CardCost {
  /** Of one batch of one process. */
  readonly timeSeconds: Seconds;
  /** Added to the idle card by all processes together. */
  readonly powerWatts: Watts;
  /** Of all processes together. */
  readonly memoryBytes: Bytes;
  /** Parts of the whole card that are busy. */
  readonly busy: { readonly multiprocessors: Fraction; readonly bandwidth: Fraction };
}

/** The card that the formula has in mind. */
export const cardMultiprocessors = 108;
/** Reachable memory bandwidth, GB per ms. */
const cardBandwidth = 1.6;
/** Speed grows with this power of the multiprocessors: kernels fill many of them less well. */
const scaling = 0.93;
/** What each further process costs the others in switching, as a part of the time. */
const switching = 0.02;
/** Share of the card's multiprocessors that suffices to use up all of its bandwidth. */
const bandwidthShare = 0.6;
/** Power in W: idle, with kernels running at all, and of all multiprocessors and all bandwidth in full use. */
const power = { idle: 55, running: 15, multiprocessors: 250, bandwidth: 80 };

/**
 * Time, power and memory of a batch on the synthetic card. Alone, a batch takes the longest of launching, computing and moving data, with soft corners:
 *
 *     compute = item · batch / multiprocessors^0.93 / clock + chain / clock
 *     move = (traffic.item · batch + traffic.weights) / bandwidth
 *
 * and its copies on top. Several processes fill each other's gaps until multiprocessors or bandwidth are used up; from there on they take turns. Small
 * batches are bound by launching, so that large pieces gain nothing; large ones are bound by work.
 *
 * A made-up card in the likeness of an A100: nothing in it was measured.
 */
export function cardCost(work: CardWork, run: CardRun): CardCost {
  const { batch, processes, piece, clock } = run;
  const speed = piece.multiprocessors ** scaling * clock.multiprocessors;
  const compute = (work.item * batch) / speed;
  const traffic = work.traffic.item * batch + work.traffic.weights;
  const bandwidth = cardBandwidth * clock.memory;
  const move = traffic / (bandwidth * piece.bandwidth);
  const alone =
    softMaximum(4, work.launch, softMaximum(3, compute + work.chain / clock.multiprocessors, move)) + work.copy * batch;
  const turns = processes * (1 + switching * (processes - 1));
  const time = processes === 1 ? alone : softMaximum(6, alone, turns * softMaximum(3, compute, move));
  const busy = {
    multiprocessors: (Math.min(1, (processes * compute) / time) * piece.multiprocessors) / cardMultiprocessors,
    bandwidth: Math.min(1, (processes * traffic) / bandwidth / time),
  };
  const multiprocessorWatts =
    power.multiprocessors * busy.multiprocessors * work.activity * relativePower(clock.multiprocessors);
  return {
    timeSeconds: time / 1000,
    powerWatts: power.running + multiprocessorWatts + power.bandwidth * busy.bandwidth * clock.memory,
    memoryBytes: Math.round(processes * (work.memory.process + work.memory.item * batch)),
    busy,
  };
}

/** Power of the synthetic card when nothing runs; clocks then fall by themselves. */
export const cardIdle: Watts = power.idle;

/** Part of the card's bandwidth that so many multiprocessors can use up, where memory is shared. */
export function reachableBandwidth(multiprocessors: number): Fraction {
  return Math.min(1, multiprocessors / cardMultiprocessors / bandwidthShare);
}

/** Parts of the whole card that a workload keeps busy, scaled to the share that it runs on. */
export interface CardUse {
  readonly multiprocessors: Fraction;
  readonly bandwidth: Fraction;
}

/** What neighbours in the same memory cost: a constant, and what grows with the use of the workload itself and with that of its neighbours. */
const interference = {
  any: 0.01,
  self: { multiprocessors: 0.05, bandwidth: 0.1 },
  neighbours: { multiprocessors: 0.08, bandwidth: 0.3 },
};

/**
 * Factor on the time of a batch while others work on other pieces of the same memory: linear in the uses of all. MIG instances have memory paths
 * of their own and do not belong here.
 */
export function cardSlowdown(self: CardUse, neighbours: readonly CardUse[]): number {
  if (neighbours.length === 0) return 1;
  const sum = (use: CardUse, weights: CardUse) =>
    weights.multiprocessors * use.multiprocessors + weights.bandwidth * use.bandwidth;
  const others = neighbours.reduce((total, each) => total + sum(each, interference.neighbours), 0);
  return 1 + interference.any + sum(self, interference.self) + others;
}

/** A maximum without a corner: what nearly overlaps costs a little. */
function softMaximum(sharpness: number, a: number, b: number): number {
  return (a ** sharpness + b ** sharpness) ** (1 / sharpness);
}

/** Dynamic power relative to the highest clock: clock times the square of the voltage, which rises from half the clock on. */
function relativePower(clock: Fraction): number {
  const voltage = 0.72 + 0.28 * Math.max(0, (clock - 0.5) / 0.5);
  return clock * voltage ** 2;
}

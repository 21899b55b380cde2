import { InputError } from "@partitune/schema";
import { levelsOf } from "../levelsOf.ts";
import type { ModeGrid, ModeQuantity } from "../strategy.ts";

/**
 * A mode as the laws see it, and the minibatch run in it: clocks relative to the highest of the grid, so that no unit and no device enters.
 */
export interface ClockMode {
  readonly gpu: number;
  readonly memory: number;
  readonly cpu: number;
  /** Part of the cores that are on. */
  readonly cores: number;
  /** Cores that a data loader can keep busy. */
  readonly loaders: number;
  /** Requests of a minibatch of inference; 1 in training. */
  readonly batch: number;
  /** Part of the GPU that a minibatch of inference fills by its size; 0 in training, whose minibatches are all alike. */
  readonly fill: number;
}

const known: readonly ModeQuantity[] = ["cores", "cpu-clock", "gpu-clock", "memory-clock"];
/** Workers of a data loader; four is what training scripts commonly start. */
const loaderWorkers = 4;
/** Requests that fill half of a GPU, in order of magnitude. */
const halfFill = 2;
/** Part of the cores left to the data loader by the process that launches kernels and by the system. */
const coresForLoaders = 0.8;

/**
 * Reads modes as clocks and cores; what the grid does not vary counts as constant.
 *
 * @throws InputError when a dimension is none of these, or there is no GPU clock: then the laws say nothing
 */
export function toClockModes(grid: ModeGrid): readonly ClockMode[] {
  const column = new Map(grid.dimensions.map(({ quantity }, d) => [quantity, d]));
  const foreign = grid.dimensions.find(({ quantity }) => quantity === undefined || !known.includes(quantity));
  if (foreign !== undefined || !column.has("gpu-clock")) {
    const what = foreign === undefined ? "the grid of modes" : `the dimension "${foreign.name}"`;
    const problem = foreign === undefined ? "has no GPU clock" : "is neither a clock nor a number of cores";
    const advice = `"roofline" knows ${known.join(", ")}; use "gmd" for other settings`;
    throw new InputError({ what, problem, advice });
  }
  const highest = levelsOf(grid).map((levels) => levels.at(-1)!);
  const allCores = loaderWorkers / coresForLoaders;
  return grid.modes.map((mode) => {
    const relative = (quantity: ModeQuantity) => {
      const d = column.get(quantity);
      return d === undefined ? 1 : mode[d]! / highest[d]!;
    };
    const cores = mode[column.get("cores") ?? -1] ?? allCores;
    return {
      gpu: relative("gpu-clock"),
      memory: relative("memory-clock"),
      cpu: relative("cpu-clock"),
      cores: relative("cores"),
      loaders: Math.min(loaderWorkers, coresForLoaders * cores),
      batch: 1,
      fill: 0,
    };
  });
}

/** Modes with each of some minibatches of inference: n · b, mode by mode. */
export function withBatches(modes: readonly ClockMode[], batches: readonly number[]): readonly ClockMode[] {
  return modes.flatMap((mode) => batches.map((batch) => ({ ...mode, batch, fill: batch / (batch + halfFill) })));
}

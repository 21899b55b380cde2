import type { Random } from "@partitune/numerics";
import { type CostFunction, type CostRow, checkCostRows, type LearnCosts } from "../costs.ts";
import { type Network, networkFunction } from "./network.ts";
import type { Recipe } from "./recipe.ts";
import type { TensorBackend } from "./tensorBackend.ts";
import { type Start, trainNetwork } from "./trainNetwork.ts";

/** One network for time, and one for power. */
export interface CostNetworks {
  readonly timeSeconds: Network;
  readonly powerWatts: Network;
}

/** Least predictions: a network trained on the values themselves may fall below zero where it knows little. */
const least = 1e-9;

/**
 * Learns costs by two neural networks, for time and for power.
 *
 * @example const learn = neuralLearner(await openTensorBackend(), improvedNetwork);
 */
export function neuralLearner(backend: TensorBackend, recipe: Recipe): LearnCosts {
  return (rows, random) => costFunction(trainCostNetworks(backend, rows, recipe, random));
}

/**
 * Trains the networks for time and power.
 *
 * @param start  what to start each from; by default anew
 * @throws InputError without rows, or when a setting, a time or a power is not positive
 */
export function trainCostNetworks(
  backend: TensorBackend,
  rows: readonly CostRow[],
  recipe: Recipe,
  random: Random,
  start?: (quantity: keyof CostNetworks) => Start,
): CostNetworks {
  checkCostRows(rows);
  const X = rows.map(({ x }) => x);
  const train = (quantity: keyof CostNetworks) => {
    const examples = { X, y: rows.map((row) => row[quantity]) };
    return trainNetwork(backend, examples, recipe, random.fork(quantity), start?.(quantity));
  };
  return { timeSeconds: train("timeSeconds"), powerWatts: train("powerWatts") };
}

/** The costs that networks predict. */
export function costFunction(networks: CostNetworks): CostFunction {
  const time = networkFunction(networks.timeSeconds);
  const power = networkFunction(networks.powerWatts);
  return (x) => ({ timeSeconds: Math.max(least, time(x)), powerWatts: Math.max(least, power(x)) });
}

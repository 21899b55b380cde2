import type { Random } from "@partitune/numerics";
import { InputError } from "@partitune/schema";
import { z } from "zod";
import type { CostRow, LearnCosts } from "../costs.ts";
import { freshLayers } from "./layers.ts";
import { type Network, network } from "./network.ts";
import { type CostNetworks, costFunction, trainCostNetworks } from "./neuralLearner.ts";
import { improvedNetwork, type Recipe } from "./recipe.ts";
import type { TensorBackend } from "./tensorBackend.ts";
import type { Start } from "./trainNetwork.ts";

const costNetworks = z.object({ timeSeconds: network, powerWatts: network });

/** A whole profile has many rows, so fewer epochs do. */
const referenceRecipe: Recipe = { ...improvedNetwork, epochs: 200 };

/**
 * Trains networks on the whole profile of a reference workload, for others to start from. The result is plain JSON.
 *
 * @throws InputError without rows, or when a setting, a time or a power is not positive
 */
export function trainReference(
  backend: TensorBackend,
  rows: readonly CostRow[],
  random: Random,
  recipe: Recipe = referenceRecipe,
): CostNetworks {
  return trainCostNetworks(backend, rows, recipe, random);
}

/**
 * Checks networks that were read back.
 *
 * @throws InputError when they are not what {@link trainReference} returns
 */
export function parseCostNetworks(data: unknown): CostNetworks {
  const parsed = costNetworks.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InputError({
    what: "the reference network",
    problem: `cannot be read: ${issue?.path.join(".")}: ${issue?.message}`,
    advice: "train it again",
  });
}

/** What differs from the training of the reference. */
export interface TransferOptions {
  /** By default 100. */
  readonly epochs?: number;
  /** Rows per step, by default 32. */
  readonly batch?: number;
  /** By default none: with some 50 rows it costs accuracy. */
  readonly dropout?: readonly number[];
  /** Whether the last layer starts anew, as published, rather than from the reference like the others; by default it does not. */
  readonly newLastLayer?: boolean;
}

/**
 * Learns the costs of a workload from few modes by transfer: the networks of a reference workload are trained on. Outputs are standardised anew,
 * so that before the first step they predict the costs of the reference, moved and stretched to those of the workload. Settings must be those of
 * the reference, in the same order.
 *
 * @see PowerTrain, as of {@link publishedNetwork}
 */
export function transferLearner(
  backend: TensorBackend,
  reference: CostNetworks,
  { epochs = 100, batch = 32, dropout = [], newLastLayer = false }: TransferOptions = {},
): LearnCosts {
  return (rows, random) => {
    const { logarithm, inputs } = reference.timeSeconds;
    checkSettings(rows, inputs.length);
    const recipe = { ...improvedNetwork, logarithm, epochs, batch, dropout };
    const start = (quantity: keyof CostNetworks): Start =>
      newLastLayer
        ? withNewLastLayer(reference[quantity], random.fork(`last layer of ${quantity}`))
        : reference[quantity];
    return costFunction(trainCostNetworks(backend, rows, recipe, random, start));
  };
}

function withNewLastLayer({ inputs, layers }: Network, random: Random): Start {
  const last = layers[layers.length - 1];
  return { inputs, layers: [...layers.slice(0, -1), ...freshLayers([last.inputs, last.outputs], random)] };
}

function checkSettings(rows: readonly CostRow[], settings: number): void {
  const wrong = rows.find(({ x }) => x.length !== settings);
  if (wrong === undefined) return;
  throw new InputError({
    what: "a measured mode",
    problem: `has ${wrong.x.length} settings, and the reference ${settings}`,
    advice: "use a reference workload that was profiled on the same device",
  });
}

import type { Workload } from "@partitune/schema";
import type { CardWork } from "./cardFormula.ts";

type WorkRow = readonly [
  item: number,
  chain: number,
  launch: number,
  copy: number,
  itemTraffic: number,
  weightTraffic: number,
  processGibibytes: number,
  itemGibibytes: number,
  activity: number,
];

/** Round numbers of our own in the likeness of the networks. */
const networks: Readonly<Record<string, WorkRow>> = {
  resnet18: [13, 0.6, 1.8, 0.03, 0.1, 0.05, 0.6, 0.04, 0.85],
  resnet50: [30, 1.5, 4.5, 0.03, 0.25, 0.1, 0.7, 0.08, 0.9],
  resnet101: [55, 2.8, 8.5, 0.03, 0.38, 0.18, 0.8, 0.13, 0.95],
  vgg16: [75, 1, 1.4, 0.03, 0.4, 0.55, 1.2, 0.16, 1],
  mobilenetv2: [9, 1.2, 4, 0.03, 0.15, 0.02, 0.5, 0.05, 0.6],
  densenet121: [28, 3.5, 11, 0.03, 0.4, 0.04, 0.6, 0.18, 0.7],
  inceptionv3: [38, 2.8, 8, 0.05, 0.25, 0.1, 0.7, 0.1, 0.85],
  bert: [220, 2, 6, 0.01, 0.6, 0.4, 1.2, 0.25, 1],
};

const gibibyte = 2 ** 30;
/** Batch sizes a campaign measures; the formula takes any. */
const batches: readonly number[] = [1, 2, 4, 8, 16, 32];

/**
 * The constants of a network on the synthetic card.
 *
 * @returns undefined when the formula knows no such network
 */
export function cardWork(name: string): CardWork | undefined {
  if (!Object.hasOwn(networks, name)) return undefined;
  const [item, chain, launch, copy, itemTraffic, weights, process, perItem, activity] = networks[name]!;
  return {
    item,
    chain,
    launch,
    copy,
    traffic: { item: itemTraffic, weights },
    memory: { process: process * gibibyte, item: perItem * gibibyte },
    activity,
  };
}

/** Every inference the synthetic card knows. */
export const cardWorkloads: readonly Workload[] = Object.keys(networks).map((name) => ({
  name,
  task: "inference",
  engine: { engine: "synthetic-card", workload: name },
  batches,
}));

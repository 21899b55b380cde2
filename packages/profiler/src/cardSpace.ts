import { type Config, type Partition, parsePartition } from "@partitune/schema";
import { cardWorkloads } from "./cardWorkloads.ts";
import { idleWorkload } from "./orinWorkloads.ts";
import type { Grid, Space } from "./space.ts";

const pieces = (...texts: readonly string[]): readonly Partition[] => texts.map(parsePartition);
const shares = (...values: readonly number[]): readonly Partition[] =>
  values.map((share) => ({ kind: "mps-share", share }));

const instances = pieces("mig:1g.10gb", "mig:2g.20gb", "mig:3g.40gb", "mig:4g.40gb", "mig:7g.80gb");
const whole: Partition = { kind: "whole" };
const alone: Grid["companies"] = [[]];
const subjects: readonly string[] = cardWorkloads.map(({ name }) => name);
const otherModes: readonly string[] = ["gpu1200", "gpu900", "250w"];

/** Everything alone, up to three processes. Tenths: between them speed is nearly straight, and each has a partner that makes a whole. */
const inDefaultMode: Grid = {
  partitions: [whole, ...instances, ...shares(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)],
  powerModes: ["default"],
  companies: alone,
  processes: [1, 2, 3],
  subjects,
};

/** Other clocks and a cap, on a coarser grid: every third batch size, one process or two. */
const inOtherModes: Grid = {
  partitions: [whole, ...instances, ...shares(0.2, 0.4, 0.6, 0.8)],
  powerModes: otherModes,
  companies: alone,
  processes: [1, 2],
  batches: [1, 4, 16],
  subjects,
};

/** A share of every network beside each other network on the rest. */
function pairs(share: number, rest: number, batch: number): Grid {
  return {
    partitions: shares(share),
    powerModes: ["default"],
    companies: subjects.map((name) => [neighbour(name, rest, batch)]),
    batches: [batch],
    subjects,
  };
}

/** Two neighbours each, for models that claim to add several up. */
const triples: Grid = {
  partitions: shares(0.4),
  powerModes: ["default"],
  companies: [
    ["resnet18", "vgg16"],
    ["resnet50", "bert"],
    ["mobilenetv2", "densenet121"],
    ["vgg16", "mobilenetv2"],
    ["inceptionv3", "densenet121"],
    ["resnet101", "resnet50"],
  ].map((names) => names.map((name) => neighbour(name, 0.3, 8))),
  batches: [8],
  subjects,
};

function neighbour(workload: string, share: number, batch: number): Config {
  return { workload, powerMode: "default", partition: { kind: "mps-share", share }, batch };
}

/** The card with nothing on it, in every mode: what a card costs before anybody uses it. */
const idle: Grid = {
  partitions: [whole],
  powerModes: ["default", ...otherModes],
  companies: alone,
  subjects: [idleWorkload.name],
};

/** What is measured of the synthetic card when nothing is named: the space of `datasets/synthetic-a100-80gb`. */
export const cardSpace: Space = {
  workloads: [...cardWorkloads, idleWorkload],
  ...inDefaultMode,
  further: [
    inOtherModes,
    idle,
    pairs(0.3, 0.7, 8),
    pairs(0.5, 0.5, 8),
    pairs(0.7, 0.3, 8),
    pairs(0.5, 0.5, 1),
    pairs(0.5, 0.5, 32),
    triples,
  ],
};

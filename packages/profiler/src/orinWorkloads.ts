import type { Workload } from "@partitune/schema";
import type { BoardWork } from "./orinFormula.ts";

type TrainingRow = readonly [
  gpu: number,
  traffic: number,
  launch: number,
  loader: number,
  host: number,
  fixed: number,
  activity: number,
];

/** Minibatch of the trainings, in samples. */
export const trainingBatch = 16;

/** One minibatch of each training; the loader has four threads. */
const trainings: Readonly<Record<string, TrainingRow>> = {
  resnet18: [62, 3, 20, 190, 3, 1, 0.92],
  mobilenet: [48, 4.6, 48, 210, 4, 1, 0.62],
  yolo: [205, 9.5, 70, 560, 25, 3, 0.85],
  bert: [880, 22, 75, 8, 6, 1, 1],
  lstm: [6.5, 0.55, 16, 3, 4, 0.3, 0.38],
};

/** Constants of an inference: work per item, then per batch. */
interface InferenceRow {
  readonly perItem: { readonly gpu: number; readonly traffic: number; readonly loader: number };
  readonly perBatch: Omit<BoardWork, "loader" | "threads">;
  /** Batch at which half of the idle part of the GPU is busy. */
  readonly halfBusy: number;
}

const inferences: Readonly<Record<string, InferenceRow>> = {
  resnet50: {
    perItem: { gpu: 1.75, traffic: 0.115, loader: 1.3 },
    perBatch: { gpu: 2.2, traffic: 0.11, launch: 6.5, host: 0.8, fixed: 0.3, activity: 0.95 },
    halfBusy: 2,
  },
  mobilenet: {
    perItem: { gpu: 0.42, traffic: 0.05, loader: 1.3 },
    perBatch: { gpu: 1.3, traffic: 0.02, launch: 6, host: 0.8, fixed: 0.3, activity: 0.65 },
    halfBusy: 4,
  },
  bert: {
    perItem: { gpu: 8.4, traffic: 0.2, loader: 0.05 },
    perBatch: { gpu: 5, traffic: 0.45, launch: 8, host: 0.5, fixed: 0.2, activity: 1 },
    halfBusy: 1,
  },
};

const inferenceBatches: readonly number[] = [1, 4, 8, 16, 32, 64];

/**
 * The constants of one minibatch of a synthetic board's workload.
 *
 * @param batch  16 for a training, 1 to 64 for an inference
 * @returns undefined when the formula knows no such workload or batch
 */
export function orinWork(task: Workload["task"], name: string, batch: number): BoardWork | undefined {
  return task === "training" ? trainingWork(name, batch) : inferenceWork(name, batch);
}

function trainingWork(name: string, batch: number): BoardWork | undefined {
  if (!Object.hasOwn(trainings, name) || batch !== trainingBatch) return undefined;
  const [gpu, traffic, launch, loader, host, fixed, activity] = trainings[name]!;
  return { gpu, traffic, launch, loader, host, fixed, activity, threads: 4 };
}

function inferenceWork(name: string, batch: number): BoardWork | undefined {
  if (!Object.hasOwn(inferences, name) || batch > inferenceBatches.at(-1)!) return undefined;
  const { perItem, perBatch, halfBusy } = inferences[name]!;
  return {
    ...perBatch,
    gpu: perBatch.gpu + perItem.gpu * batch,
    traffic: perBatch.traffic + perItem.traffic * batch,
    loader: perItem.loader * batch,
    activity: (perBatch.activity * (batch + 0.35 * halfBusy)) / (batch + halfBusy),
    threads: 2,
  };
}

/** Nothing, measured for the power of the idle device: a batch of b is b seconds of waiting. */
export const idleWorkload: Workload = { name: "idle", task: "idle", engine: { engine: "idle" }, batches: [1] };

/** Every workload the synthetic board knows, trainings and inferences under names of their own, and the idle board. */
export const orinWorkloads: readonly Workload[] = [
  ...Object.keys(trainings).map((name) => boardWorkload(name, "training", [trainingBatch])),
  ...Object.keys(inferences).map((name) => boardWorkload(name, "inference", inferenceBatches)),
  idleWorkload,
];

function boardWorkload(name: string, task: "training" | "inference", batches: readonly number[]): Workload {
  return { name: `${name}-${task}`, task, engine: { engine: "synthetic-board", workload: name }, batches };
}

import assert from "node:assert/strict";
import { hashSeed, seededRandom } from "@partitune/numerics";
import {
  type CostRow,
  improvedNetwork,
  type LearnCosts,
  logRatioLearner,
  lookupCosts,
  neuralLearner,
  openTensorBackend,
  publishedNetwork,
  trainReference,
  transferLearner,
} from "@partitune/surrogate";
import { grid441, noisyTable, type TrainingName } from "../solver/fixtures/boards.ts";
import type { BenchRow } from "./benchRow.ts";

/** Mean relative errors over the whole grid, in percent, and the mean wall-clock time of a fit. */
interface Errors {
  readonly time: number;
  readonly power: number;
  readonly seconds: number;
}

const referenceWorkload = "resnet18";
const otherWorkloads: readonly TrainingName[] = ["mobilenet", "yolo", "bert", "lstm"];

/**
 * Learning time and power of a training from 50 or 250 of the 441 modes of synthetic board A, one noisy row per mode, and predicting all modes:
 * networks alone, networks that start from those of a reference workload, and ratios to that workload. One draw of modes per workload.
 */
export async function bench(): Promise<BenchRow[]> {
  const wasm = await openTensorBackend({ backend: "wasm" });
  const reference = tableOf(referenceWorkload);
  const networks = trainReference(wasm, reference, seededRandom("reference"));
  const transfer = transferLearner(wasm, networks);
  const few: readonly TrainingName[] = [referenceWorkload, "lstm"];
  const transferred = errorsOf(transfer, otherWorkloads, 50);
  return [
    ...errorRows("network as published, 50 modes", errorsOf(neuralLearner(wasm, publishedNetwork), few, 50)),
    ...errorRows(
      "network as published, 250 modes",
      errorsOf(neuralLearner(wasm, publishedNetwork), [referenceWorkload], 250),
    ),
    ...errorRows("improved network, 50 modes", errorsOf(neuralLearner(wasm, improvedNetwork), few, 50), [8, 7.5]),
    ...errorRows(
      "improved network, 250 modes",
      errorsOf(neuralLearner(wasm, improvedNetwork), [referenceWorkload], 250),
      [1.9, 1.7],
    ),
    ...errorRows(
      "transfer, new last layer, with dropout, 50 modes",
      errorsOf(
        transferLearner(wasm, networks, { newLastLayer: true, dropout: publishedNetwork.dropout }),
        otherWorkloads,
        50,
      ),
    ),
    ...errorRows(
      "transfer, new last layer, 50 modes",
      errorsOf(transferLearner(wasm, networks, { newLastLayer: true }), otherWorkloads, 50),
      [8.3, 6.1],
    ),
    ...errorRows("transfer, 50 modes", transferred, [8.3, 6.1]),
    ...errorRows(
      "ratio to the reference (Gaussian process), 50 modes",
      errorsOf(logRatioLearner(lookupCosts(reference)), otherWorkloads, 50),
      [4.2, 2.4],
    ),
    await speedRow(networks, "lstm"),
  ];
}

function tableOf(workload: TrainingName): readonly CostRow[] {
  return noisyTable("A", workload, grid441, 0).map(({ timeSeconds, powerWatts }, i) => ({
    x: grid441.modes[i]!,
    timeSeconds,
    powerWatts,
  }));
}

function measuredRows(table: readonly CostRow[], workload: TrainingName, modes: number): readonly CostRow[] {
  return seededRandom(hashSeed("modes", workload)).shuffle(table).slice(0, modes);
}

function errorsOf(learn: LearnCosts, workloads: readonly TrainingName[], modes: number): Errors {
  const each = workloads.map((workload) => {
    const table = tableOf(workload);
    const start = performance.now();
    const predict = learn(measuredRows(table, workload, modes), seededRandom(workload));
    const seconds = (performance.now() - start) / 1000;
    const predicted = table.map(({ x }) => predict(x));
    const error = (quantity: "timeSeconds" | "powerWatts") =>
      100 * mean(table.map((row, i) => Math.abs(predicted[i]![quantity] / row[quantity] - 1)));
    return { time: error("timeSeconds"), power: error("powerWatts"), seconds };
  });
  return {
    time: mean(each.map(({ time }) => time)),
    power: mean(each.map(({ power }) => power)),
    seconds: mean(each.map(({ seconds }) => seconds)),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function errorRows(label: string, { time, power, seconds }: Errors, targets?: readonly [number, number]): BenchRow[] {
  const note = `${seconds.toFixed(1)} s per fit of both`;
  return [
    { quantity: "time", value: time, limit: targets?.[0] },
    { quantity: "power", value: power, limit: targets?.[1] },
  ].map(({ quantity, value, limit }) => ({
    name: `synthetic board A, ${label}: mean error of ${quantity}`,
    ...(limit !== undefined && { target: `≤ ${limit} %` }),
    value,
    unit: "%",
    met: limit === undefined ? null : value <= limit,
    note,
  }));
}

/** The same transfer on both backends that are always there; they must agree. */
async function speedRow(networks: Parameters<typeof transferLearner>[1], workload: TrainingName): Promise<BenchRow> {
  const table = tableOf(workload);
  const rows = measuredRows(table, workload, 50);
  const fits = [];
  for (const name of ["cpu", "wasm"] as const) {
    const backend = await openTensorBackend({ backend: name });
    const start = performance.now();
    const predict = transferLearner(backend, networks)(rows, seededRandom(workload));
    fits.push({ seconds: (performance.now() - start) / 1000, predicted: table.map(({ x }) => predict(x)) });
  }
  const [plain, wasm] = fits as [(typeof fits)[0], (typeof fits)[0]];
  const drift = Math.max(
    ...plain.predicted.map((cost, i) => Math.abs(cost.timeSeconds / wasm.predicted[i]!.timeSeconds - 1)),
  );
  assert.ok(drift < 0.01, `WebAssembly and plain JavaScript drifted apart by ${drift}`);
  const value = plain.seconds / wasm.seconds;
  return {
    name: "transfer of 50 modes: WebAssembly against plain JavaScript",
    target: "≥ 5 times as fast",
    value,
    unit: "times",
    met: value >= 5,
    note: `${wasm.seconds.toFixed(2)} s and ${plain.seconds.toFixed(1)} s; predictions of time differ by ${drift.toExponential(0)} at most`,
  };
}

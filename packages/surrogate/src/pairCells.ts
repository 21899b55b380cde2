import { pairWeight } from "@partitune/schema";
import type { InterferenceSample } from "./interferenceSample.ts";
import { mean } from "./mean.ts";

/** A neighbour, and how much of its slowdown counts. */
export interface WeighedNeighbour {
  readonly name: string;
  readonly weight: number;
}

/** Samples of one workload beside the same neighbours at the same weights, whatever else differs. */
export interface PairCell {
  readonly subject: string;
  readonly neighbours: readonly WeighedNeighbour[];
  readonly samples: number;
  /** Mean logarithm of the slowdowns. */
  readonly logMean: number;
  /** Σ (log − mean)². */
  readonly scatter: number;
}

/** Groups samples by who ran beside whom, and by how much of the rest of the card those had. */
export function pairCells(samples: readonly InterferenceSample[]): PairCell[] {
  const weighed = samples.map((sample) => ({ ...sample, weights: weightsOf(sample) }));
  const groups = Map.groupBy(weighed, ({ subject, weights }) => JSON.stringify([subject.workload, weights]));
  return [...groups.values()].map((group) => {
    const logs = group.map(({ slowdown }) => Math.log(slowdown));
    const logMean = mean(logs);
    return {
      subject: group[0].subject.workload,
      neighbours: group[0].weights,
      samples: group.length,
      logMean,
      scatter: logs.reduce((sum, log) => sum + (log - logMean) ** 2, 0),
    };
  });
}

/** Sorted; rounded, so that shares that differ by rounding fall into one cell. */
function weightsOf({ subject, neighbours }: InterferenceSample): WeighedNeighbour[] {
  const weighed = neighbours.map((each) => ({
    name: each.workload,
    weight: Number(pairWeight(subject, each).toFixed(3)),
  }));
  return weighed.sort((a, b) => (a.name === b.name ? a.weight - b.weight : a.name < b.name ? -1 : 1));
}

/** Variance of a single sample about the mean of its cell, pooled; null when no cell has two samples. */
export function varianceWithin(cells: readonly PairCell[]): number | null {
  const degrees = cells.reduce((sum, { samples }) => sum + samples - 1, 0);
  return degrees === 0 ? null : cells.reduce((sum, { scatter }) => sum + scatter, 0) / degrees;
}

/** Names of all workloads that occur, sorted. */
export function namesIn(cells: readonly PairCell[]): string[] {
  const names = cells.flatMap(({ subject, neighbours }) => [subject, ...neighbours.map(({ name }) => name)]);
  return [...new Set(names)].sort();
}

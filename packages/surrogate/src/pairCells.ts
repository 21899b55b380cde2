import type { InterferenceSample } from "./interferenceSample.ts";
import { mean } from "./mean.ts";

/** Samples of one workload beside the same neighbours, whatever their shares and batches. */
export interface PairCell {
  readonly subject: string;
  /** Sorted; one entry per neighbour. */
  readonly neighbours: readonly string[];
  readonly samples: number;
  /** Mean logarithm of the slowdowns. */
  readonly logMean: number;
  /** Σ (log − mean)². */
  readonly scatter: number;
}

/** Groups samples by who ran beside whom. */
export function pairCells(samples: readonly InterferenceSample[]): PairCell[] {
  const groups = Map.groupBy(samples, ({ subject, neighbours }) =>
    JSON.stringify([subject.workload, ...neighbours.map(({ workload }) => workload).sort()]),
  );
  return [...groups.values()].map((group) => {
    const logs = group.map(({ slowdown }) => Math.log(slowdown));
    const logMean = mean(logs);
    return {
      subject: group[0].subject.workload,
      neighbours: group[0].neighbours.map(({ workload }) => workload).sort(),
      samples: group.length,
      logMean,
      scatter: logs.reduce((sum, log) => sum + (log - logMean) ** 2, 0),
    };
  });
}

/** Variance of a single sample about the mean of its cell, pooled; null when no cell has two samples. */
export function varianceWithin(cells: readonly PairCell[]): number | null {
  const degrees = cells.reduce((sum, { samples }) => sum + samples - 1, 0);
  return degrees === 0 ? null : cells.reduce((sum, { scatter }) => sum + scatter, 0) / degrees;
}

import type { Row } from "./chains.ts";

// Written for these tests alone, from the definitions: what the surrogate predicts must agree with it, so it shares nothing with it.

export interface Estimator {
  readonly key: "identity" | "occurrence";
  readonly value: "mean" | "quantile";
  readonly executionQuantile?: number;
  readonly idleQuantile?: number;
}

/** Predicted idle and execution time of each operation of a step, from other steps; 0 and Infinity where nothing is known. */
export function predictStep(
  profile: readonly (readonly Row[])[],
  step: readonly Row[],
  { key, value, executionQuantile = 0.9, idleQuantile = 0.1 }: Estimator,
): { readonly idles: readonly number[]; readonly durations: readonly number[] } {
  const executions = new Map<string, number[]>();
  const idles = new Map<string, number[]>();
  for (const rows of profile)
    for (const [i, { identity, occurrence }] of named(rows).entries())
      for (const each of [`${identity}`, `${identity}/${occurrence}`]) {
        put(executions, each, rows[i]![1]);
        if (i + 1 < rows.length) put(idles, each, rows[i]![2]);
      }
  const estimate = (samples: readonly number[], p: number) =>
    value === "mean" ? meanHalfUp(samples) : nearestRank(samples, p);
  const lookUp = (table: ReadonlyMap<string, readonly number[]>, p: number, unknown: number) =>
    named(step).map(({ identity, occurrence }) => {
      const own = key === "occurrence" ? table.get(`${identity}/${occurrence}`) : undefined;
      const samples = own ?? table.get(`${identity}`);
      return samples === undefined ? unknown : estimate(samples, p);
    });
  return {
    idles: lookUp(idles, idleQuantile, 0),
    durations: lookUp(executions, executionQuantile, Number.POSITIVE_INFINITY),
  };
}

/** The same of the last of several steps from those before it, or of the only one from itself. */
export function predictLast(steps: readonly (readonly Row[])[], estimator: Estimator): ReturnType<typeof predictStep> {
  return predictStep(steps.length === 1 ? steps : steps.slice(0, -1), steps.at(-1)!, estimator);
}

function named(rows: readonly Row[]): readonly { identity: number; occurrence: number }[] {
  const counts = new Map<number, number>();
  return rows.map(([identity]) => {
    const occurrence = counts.get(identity) ?? 0;
    counts.set(identity, occurrence + 1);
    return { identity, occurrence };
  });
}

function put(table: Map<string, number[]>, key: string, sample: number): void {
  const samples = table.get(key);
  if (samples === undefined) table.set(key, [sample]);
  else samples.push(sample);
}

/** Mean of whole numbers, rounded, halves up. */
export function meanHalfUp(samples: readonly number[]): number {
  const sum = samples.reduce((total, each) => total + each, 0);
  return Math.floor((2 * sum + samples.length) / (2 * samples.length));
}

/** Element ⌈p n⌉ of the sorted samples, counted from 1, at least the first. */
export function nearestRank(samples: readonly number[], p: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(p * sorted.length - 1e-9)) - 1]!;
}

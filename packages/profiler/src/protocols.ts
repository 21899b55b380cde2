import type { Protocol } from "@partitune/schema";

/** Rules for numbers that others will rely on: minutes per configuration at worst. */
const standard: Protocol = {
  version: 1,
  rounds: 3,
  warmupIterations: 20,
  warmupSeconds: 3,
  warmupBudgetSeconds: 30,
  minimumSamples: 30,
  budgetSeconds: 120,
  targetQuantile: 0.5,
  targetPrecision: 0.02,
  confidence: 0.99,
};

/** Rules for a first look: a few seconds per configuration, one round, medians only where batches are slow. */
const quick: Protocol = {
  version: 1,
  rounds: 1,
  warmupIterations: 2,
  warmupSeconds: 0.1,
  warmupBudgetSeconds: 0.5,
  minimumSamples: 8, // the least from which a median has a closed interval
  budgetSeconds: 2,
  targetQuantile: 0.5,
  targetPrecision: 0.03,
  confidence: 0.99,
};

/** Rules for thousands of power modes: the median of 40 minibatches after a steady state, one round. */
const sweep: Protocol = {
  version: 1,
  rounds: 1,
  warmupIterations: 10,
  warmupSeconds: 0,
  warmupBudgetSeconds: 150,
  minimumSamples: 40,
  budgetSeconds: 60,
  targetQuantile: 0.5,
  targetPrecision: 0.02,
  confidence: 0.99,
};

/** Rules for plans that promise a 99th percentile: 700 batches after a steady state, one round. */
const tails: Protocol = {
  version: 1,
  rounds: 1,
  warmupIterations: 15,
  warmupSeconds: 0,
  warmupBudgetSeconds: 150,
  minimumSamples: 700, // a p99 with a closed upper bound needs 459 independent ones
  budgetSeconds: 120,
  targetQuantile: 0.5,
  targetPrecision: 0.02,
  confidence: 0.99,
};

/** The rules to measure by. */
export const protocols = { standard, quick, sweep, tails } as const satisfies Record<string, Protocol>;

import type { Protocol } from "@partitune/schema";

/**
 * Rules of a recording: wide rather than deep, since what it has not seen cannot be fitted, while a median known within 2 % can. As many rounds as the
 * time allows, so that drift shows.
 */
export const recordingProtocol: Protocol = {
  version: 1,
  rounds: 3,
  warmupIterations: 5,
  warmupSeconds: 0.2,
  warmupBudgetSeconds: 1.5,
  minimumSamples: 12,
  budgetSeconds: 2,
  targetQuantile: 0.5,
  targetPrecision: 0.02,
  confidence: 0.99,
};

/** How a network is built and trained. */
export interface Recipe {
  /** Whether settings, times and powers enter by their logarithms. */
  readonly logarithm: boolean;
  /** Unit in which the network sees its output, relative to seconds and watts; where absent the output is standardised. */
  readonly outputUnit?: number;
  /** Units of the hidden layers. */
  readonly units: readonly number[];
  /** Part of the units of each hidden layer that is switched off at random in every training step. */
  readonly dropout: readonly number[];
  readonly epochs: number;
  /** Rows per training step. */
  readonly batch: number;
  /** Step size of Adam. */
  readonly learningRate: number;
  /** Part of the rows that is kept apart: of all epochs, the network that predicts them best is the result. */
  readonly validation: number;
}

/**
 * The network of PowerTrain, with its recipe for one row per mode: three hidden layers with dropout, 1,000 epochs on standardised settings, and
 * on times in milliseconds and powers in milliwatts as they are.
 *
 * @see Prashanthi S. K. et al., PowerTrain: Fast, generalizable time and power prediction models to optimize DNN training on accelerated edges (2024)
 */
export const publishedNetwork: Recipe = {
  logarithm: false,
  outputUnit: 1e-3,
  units: [256, 128, 64],
  dropout: [0.4, 0.3, 0],
  epochs: 1000,
  batch: 16,
  learningRate: 1e-3,
  validation: 0.2,
};

/**
 * The same network without dropout, and on standardised logarithms of settings and costs: costs are much like products of powers of the settings,
 * and vary over wide ranges, and dropout blurs such a smooth surface of few dimensions.
 */
export const improvedNetwork: Recipe = {
  logarithm: true,
  units: [256, 128, 64],
  dropout: [0, 0, 0],
  epochs: 1000,
  batch: 16,
  learningRate: 1e-3,
  validation: 0.2,
};

import { hashSeed, seededRandom } from "@partitune/numerics";

/** Factors on time and power of one minibatch. */
export interface NoiseFactors {
  readonly time: number;
  readonly power: number;
}

/** Standard deviations, as parts of the value. */
const ofConfiguration = { time: 0.01, power: 0.006 };
const ofMeasurement = { time: 0.008, power: 0.008 };
const ofMinibatch = { time: 0.003 };
const outliers = { probability: 0.01, most: 0.1 };

/** What the noise of a measurement is fixed by. */
export interface NoiseKey {
  readonly seed: string;
  /** Workload, task, batch and mode. */
  readonly configuration: string;
  /** How often the configuration was measured before. */
  readonly take: number;
}

/**
 * The noise of one measurement on the synthetic board, minibatch by minibatch: a fixed effect of the configuration (log-normal, 1 % on time, 0.6 % on
 * power), one of the measurement (0.8 % each; 1 of 100 takes up to 10 % longer), and 0.3 % on the time of every minibatch.
 *
 * @param scale  factor on all of it; 0 for none
 */
export function boardNoise({ seed, configuration, take }: NoiseKey, scale: number): () => NoiseFactors {
  const fixed = seededRandom(hashSeed("fixed effect", seed, configuration));
  const run = seededRandom(hashSeed("measurement", seed, configuration, take));
  const fixedTime = Math.exp(scale * ofConfiguration.time * fixed.normal());
  const fixedPower = Math.exp(scale * ofConfiguration.power * fixed.normal());
  const time = fixedTime * (1 + scale * ofMeasurement.time * run.normal());
  const power = fixedPower * (1 + scale * ofMeasurement.power * run.normal());
  const slow = run.next() < outliers.probability ? 1 + scale * outliers.most * run.next() : 1;
  return () => ({ time: time * slow * Math.exp(scale * ofMinibatch.time * run.normal()), power });
}

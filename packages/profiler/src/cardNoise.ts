import { hashSeed, seededRandom } from "@partitune/numerics";
import type { NoiseFactors } from "./boardNoise.ts";

/** Standard deviations of logarithms. */
const ofConfiguration = { time: 0.01, power: 0.005 };
const ofMeasurement = { time: 0.005, power: 0.004 };
const ofBatch = 0.015;
/** What each further process and each neighbour adds to the scatter of batches. */
const ofCompany = 0.004;
/** Part of the batches that are held up, and by how much in the mean. */
const heldUp = { probability: 0.02, mean: 0.06 };

/** What the noise of a measurement is fixed by. */
export interface CardNoiseKey {
  readonly seed: string;
  /** Configuration and neighbours. */
  readonly configuration: string;
  /** How often the configuration was measured before. */
  readonly take: number;
  /** Further processes and neighbours that are busy beside the batch. */
  readonly company: number;
}

/**
 * The noise of one measurement on the synthetic card, batch by batch: log-normal effects of the configuration (1 % on time, 0.5 % on power) and of the
 * measurement (0.5 % and 0.4 %), 1.5 % and more in company on the time of every batch; 2 of 100 batches are held up by 6 % in the mean, exponentially.
 *
 * @param scale  factor on all of it; 0 for none
 */
export function cardNoise({ seed, configuration, take, company }: CardNoiseKey, scale: number): () => NoiseFactors {
  const fixed = seededRandom(hashSeed("fixed effect", seed, configuration));
  const run = seededRandom(hashSeed("measurement", seed, configuration, take));
  const effect = (ofFixed: number, ofRun: number) =>
    Math.exp(scale * (ofFixed * fixed.normal() + ofRun * run.normal()));
  const time = effect(ofConfiguration.time, ofMeasurement.time);
  const power = effect(ofConfiguration.power, ofMeasurement.power);
  const scatter = scale * (ofBatch + ofCompany * company);
  return () => {
    const held = run.next() < heldUp.probability ? 1 + scale * run.exponential(1 / heldUp.mean) : 1;
    return { time: time * held * Math.exp(scatter * run.normal()), power };
  };
}

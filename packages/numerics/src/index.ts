// Randomness

// Quantiles and their intervals
export { binomialAtLeast, binomialAtMost, binomialProbability } from "./binomial.ts";
// Event calendar
export { type EventHeap, eventHeap } from "./eventHeap.ts";
export { hashSeed } from "./hashSeed.ts";
export { type LeastSamplesOptions, leastSamples } from "./leastSamples.ts";
export { quantile, quantileIndex } from "./quantile.ts";
export { type QuantileInterval, quantileInterval } from "./quantileInterval.ts";
export { type QuantileRanks, quantileRanks } from "./quantileRanks.ts";
export { type Random, seededRandom } from "./random.ts";
export { type StreamingQuantiles, streamingQuantiles } from "./streamingQuantiles.ts";

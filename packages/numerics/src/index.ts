// Randomness

// Sequences
export { argsort } from "./argsort.ts";
// Quantiles and their intervals
export { binomialAtLeast, binomialAtMost, binomialProbability } from "./binomial.ts";
export { cumulativeMaximum } from "./cumulativeMaximum.ts";
// Several objectives
export { dominates } from "./dominates.ts";
// Judging samples
export { effectiveSamples } from "./effectiveSamples.ts";
// Event calendar
export { type EventHeap, eventHeap } from "./eventHeap.ts";
export { hashSeed } from "./hashSeed.ts";
export { hypervolume } from "./hypervolume.ts";
export { interpolate } from "./interpolate.ts";
export { interpolatedQuantile } from "./interpolatedQuantile.ts";
export { lagOneAutocorrelation } from "./lagOneAutocorrelation.ts";
// Sampling designs
export { latinHypercube } from "./latinHypercube.ts";
export { type LeastSamplesOptions, leastSamples } from "./leastSamples.ts";
export { mannKendall, type TrendTest } from "./mannKendall.ts";
export { modifiedZScores, outlierScore } from "./modifiedZScores.ts";
export { normalCumulative } from "./normalCumulative.ts";
export { paretoFront } from "./paretoFront.ts";
export type { Points } from "./pointMatrix.ts";
export { quantile, quantileIndex } from "./quantile.ts";
export { type QuantileInterval, quantileInterval } from "./quantileInterval.ts";
export { type QuantileRanks, quantileRanks } from "./quantileRanks.ts";
export { type Random, seededRandom } from "./random.ts";
export { type SobolOptions, sobol, sobolDimensions } from "./sobol.ts";
export { type StreamingQuantiles, streamingQuantiles } from "./streamingQuantiles.ts";
export { type OutlierLabel, outlierLabel, type TukeyFences, tukeyFences } from "./tukeyFences.ts";

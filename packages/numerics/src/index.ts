// Randomness

export { hashSeed } from "./hashSeed.ts";
export { type Random, seededRandom } from "./random.ts";

// Sequences and event calendar

export { argsort } from "./argsort.ts";
export { cumulativeMaximum } from "./cumulativeMaximum.ts";
export { type EventHeap, eventHeap } from "./eventHeap.ts";

// Distributions

export { binomialAtLeast, binomialAtMost, binomialProbability } from "./binomial.ts";
export { binomialInterval } from "./binomialInterval.ts";
export { expectedImprovement } from "./expectedImprovement.ts";
export { normalCumulative } from "./normalCumulative.ts";
export { normalDensity } from "./normalDensity.ts";
export { normalQuantile } from "./normalQuantile.ts";

// Quantiles and their intervals

export { interpolatedQuantile } from "./interpolatedQuantile.ts";
export { type LeastSamplesOptions, leastSamples } from "./leastSamples.ts";
export { meanHalfUp } from "./meanHalfUp.ts";
export { nearestRank } from "./nearestRank.ts";
export { quantile, quantileIndex } from "./quantile.ts";
export { type QuantileInterval, quantileInterval } from "./quantileInterval.ts";
export { type QuantileRanks, quantileRanks } from "./quantileRanks.ts";
export { type StreamingQuantiles, streamingQuantiles } from "./streamingQuantiles.ts";

// Judging samples

export { effectiveSamples } from "./effectiveSamples.ts";
export { lagOneAutocorrelation } from "./lagOneAutocorrelation.ts";
export { mannKendall, type TrendTest } from "./mannKendall.ts";
export { modifiedZScores, outlierScore } from "./modifiedZScores.ts";
export { type OutlierLabel, outlierLabel, type TukeyFences, tukeyFences } from "./tukeyFences.ts";

// Several objectives

export { type Boxes, boxesBeyond } from "./boxesBeyond.ts";
export { crowdingDistances } from "./crowdingDistances.ts";
export { dominates } from "./dominates.ts";
export { hypervolume } from "./hypervolume.ts";
export { expectedHypervolumeGain, hypervolumeGain } from "./hypervolumeGain.ts";
export { nonDominatedSort } from "./nonDominatedSort.ts";
export { paretoFront } from "./paretoFront.ts";
export type { Points } from "./pointMatrix.ts";

// Sampling designs, searching, interpolation

export { type CompassOptions, compassSearch } from "./compassSearch.ts";
export { interpolate } from "./interpolate.ts";
export { latinHypercube } from "./latinHypercube.ts";
export { type SobolOptions, sobol, sobolDimensions } from "./sobol.ts";

import type { PerSecond } from "@partitune/schema";
import { poissonProbabilities } from "../poissonProbabilities.ts";
import type { Station } from "../station.ts";
import type { Service } from "./packingProblem.ts";

/** Halvings of the interval of means: beyond single precision. */
const halvings = 30;

/**
 * The highest rate of one station under the rule of the batch's tail: with some batch β that leaves half the deadline to waiting, no more than β
 * requests come while a batch of β runs, but for the part of the cases that may be late.
 *
 * Safe for independent users whose requests are taken as they wait, and cautious: 0.3 to 0.8 of the throughput, most where batches are large.
 *
 * @returns requests per second; 0 when even one request takes more than half the deadline
 */
export function batchTailRate({ serviceSeconds }: Station, { deadlineSeconds, percentile }: Service): PerSecond {
  const rates = serviceSeconds.map((seconds, i) =>
    2 * seconds <= deadlineSeconds ? highestMean(i + 1, percentile) / seconds : 0,
  );
  return Math.max(0, ...rates);
}

/** The highest mean of a Poisson variable that is at most `most` with the probability given. */
function highestMean(most: number, probability: number): number {
  let [low, high] = [0, most + 1];
  for (let step = 0; step < halvings; step += 1) {
    const mean = (low + high) / 2;
    const within = poissonProbabilities(mean)
      .subarray(0, most + 1)
      .reduce((sum, p) => sum + p, 0);
    if (within >= probability) low = mean;
    else high = mean;
  }
  return low;
}

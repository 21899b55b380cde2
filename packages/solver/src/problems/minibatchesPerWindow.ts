import type { Seconds } from "@partitune/schema";
import { ceilWithin, floorWithin, roundingTolerance } from "./within.ts";

/** Longer orbits are cut here: the mean is then off by less than 1/4096 minibatch. */
const longestOrbit = 4096;

/**
 * How many training minibatches run per window, on average for ever, when one may end late by up to a tolerance.
 *
 * In each window of idle time a, late by ℓ, as many run as start before the next inference minibatch is ready and end at most D
 * after that: n = min(⌊(a − ℓ + D)/t⌋, ⌈(a − ℓ)/t⌉), and what they overrun shortens the next window. From D = t on no idle time
 * is ever lost, so the mean is a/t; D = 0 leaves ⌊a/t⌋.
 *
 * @param idleSeconds  a ≥ 0: what a window leaves beside inference
 * @param trainingSeconds  t > 0: time of a training minibatch
 * @param toleratedSeconds  D ≥ 0: how late inference may start
 * @example minibatchesPerWindow(0.14, 0.05, 0.01)  // 2.5: three and two in turn
 */
export function minibatchesPerWindow(
  idleSeconds: Seconds,
  trainingSeconds: Seconds,
  toleratedSeconds: Seconds,
): number {
  if (toleratedSeconds >= trainingSeconds * (1 - roundingTolerance)) return idleSeconds / trainingSeconds;
  const inTime = floorWithin(idleSeconds / trainingSeconds);
  const oneMoreFits = floorWithin((idleSeconds + toleratedSeconds) / trainingSeconds) > inTime;
  return oneMoreFits ? meanOfOrbit(idleSeconds, trainingSeconds, toleratedSeconds) : inTime;
}

/** Follows the lateness from 0 until it is 0 again. */
function meanOfOrbit(idle: Seconds, training: Seconds, tolerated: Seconds): number {
  let late = 0;
  let minibatches = 0;
  let windows = 0;
  do {
    const gap = idle - late;
    const count = Math.max(0, Math.min(floorWithin((gap + tolerated) / training), ceilWithin(gap / training)));
    const overrun = count * training - gap;
    late = overrun > roundingTolerance * training ? overrun : 0;
    minibatches += count;
    windows += 1;
  } while (late > 0 && windows < longestOrbit);
  return minibatches / windows;
}

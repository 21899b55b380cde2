import type { Fraction } from "@partitune/schema";

/** How repeated measurements of one configuration scatter around what they measure. */
export interface MeasurementNoise {
  /** Relative standard deviation of one measured time. */
  readonly time: number;
  /** Relative standard deviation of one measured power. */
  readonly power: number;
  /** Part of measured times that is stray: longer by anything up to `strayExcess`, as when something else ran. */
  readonly strays: Fraction;
  /** How much longer stray times are at most, relative. */
  readonly strayExcess: number;
  /** Repeated measurements it was estimated from; 0 when assumed. */
  readonly repeats: number;
}

/** Assumed where nothing was repeated: the scatter of runs of a second or more on a quiet device, of which one in a hundred is stray. */
export const assumedNoise: MeasurementNoise = {
  time: 0.008,
  power: 0.008,
  strays: 0.01,
  strayExcess: 0.1,
  repeats: 0,
};

/** Fewer degrees of freedom are too few to claim less than the assumed noise: the estimate's own error would exceed a quarter. */
const leastFreedom = 8;
/** Deviations beyond this many standard deviations are stray runs and no noise. */
const stray = 5;
/** Measurements that the assumed part of strays counts for beside those counted. */
const assumedStrayWeight = 100;
/** The median of the absolute deviation of a normal number is 1/1.4826 of its standard deviation. */
const madScale = 1.4826;

/**
 * The relative scatter of one measurement: standard deviations of the logarithms of repeats, pooled over all that was repeated, stray
 * runs left out and counted apart.
 *
 * @param times  groups of repeated times, s
 * @param powers  groups of repeated powers, W
 * @returns at least the assumed noise for a quantity with fewer than 8 degrees of freedom; `repeats` counts the measurements of groups used
 */
export function measurementNoise(
  times: readonly (readonly number[])[],
  powers: readonly (readonly number[])[],
): MeasurementNoise {
  const time = believed(pooledDeviation(times), assumedNoise.time);
  const power = believed(pooledDeviation(powers), assumedNoise.power);
  const assumed = assumedStrayWeight * assumedNoise.strays;
  return {
    time: time?.deviation ?? assumedNoise.time,
    power: power?.deviation ?? assumedNoise.power,
    strays: time === null ? assumedNoise.strays : (assumed + time.strays) / (assumedStrayWeight + time.repeats),
    strayExcess: Math.max(assumedNoise.strayExcess, time?.largest ?? 0),
    repeats: Math.max(time?.repeats ?? 0, power?.repeats ?? 0),
  };
}

/** Few repeats can show that measurements scatter more than assumed, but not that they scatter less. */
function believed(pooled: PooledDeviation | null, assumed: number): PooledDeviation | null {
  return pooled !== null && (pooled.freedom >= leastFreedom || pooled.deviation > assumed) ? pooled : null;
}

interface PooledDeviation {
  readonly deviation: number;
  /** Differences it rests on. */
  readonly freedom: number;
  readonly repeats: number;
  readonly strays: number;
  /** Largest relative difference to a stray one. */
  readonly largest: number;
}

function pooledDeviation(groups: readonly (readonly number[])[]): PooledDeviation | null {
  // Differences of neighbours have no bias from a group's mean, and a group of n gives n − 1 of them.
  const repeated = groups.filter((group) => group.length > 1);
  const differences = repeated.flatMap((group) => group.slice(1).map((value, i) => Math.log(value / group[i]!)));
  if (differences.length === 0) return null;
  const sizes = differences.map((difference) => Math.abs(difference) / Math.SQRT2).sort((a, b) => a - b);
  const robust = madScale * sizes[Math.floor(sizes.length / 2)]!;
  const canTell = robust > 0 && sizes.length >= leastFreedom;
  const kept = canTell ? sizes.filter((size) => size <= stray * robust) : sizes;
  const repeats = repeated.reduce((sum, group) => sum + group.length, 0);
  const away = sizes.length - kept.length;
  return {
    freedom: differences.length,
    deviation: Math.sqrt(kept.reduce((sum, size) => sum + size * size, 0) / kept.length),
    repeats,
    strays: (away / sizes.length) * (repeats / 2), // a difference has two measurements, either of which may be the stray one
    largest: away === 0 ? 0 : Math.expm1(Math.SQRT2 * sizes.at(-1)!),
  };
}

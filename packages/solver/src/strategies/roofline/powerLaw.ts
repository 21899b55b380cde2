import { cholesky } from "../../cholesky.ts";
import type { ClockMode } from "./clockMode.ts";
import type { TimePoint } from "./timeLaw.ts";

/** Power measured at a mode, and the terms of the law there. */
export interface PowerSample {
  readonly terms: Float64Array;
  readonly power: number;
}

/** A fitted law of power. */
export interface PowerLaw {
  at(terms: Float64Array): number;
  /** Variance of p that comes from not knowing the coefficients, in the square of p's unit. */
  varianceAt(terms: Float64Array): number;
}

/** Voltage at the knee relative to the highest, and the clock of the knee: below it, voltage stays; above, it rises in proportion. */
const kneeVoltage = 0.6;
const kneeClock = 0.31;

/** What a part at full load takes at a clock, relative to the highest clock: f·v². */
function clockPower(clock: number): number {
  const voltage = kneeVoltage + (1 - kneeVoltage) * Math.max(0, (clock - kneeClock) / (1 - kneeClock));
  return clock * voltage ** 2;
}

/** CPU cores that launching and loading can keep busy. */
const busyCores = 4;

/**
 * The terms of the power law at a mode: constant, memory clock, idle and busy CPU, idle and busy GPU, memory traffic, and what a busy GPU
 * takes more when it is filled. Each is 1 at the highest clocks with everything busy.
 */
export function powerTerms(mode: ClockMode, { busy }: Pick<TimePoint, "busy">): Float64Array {
  const { gpu, memory, cpu, cores, loaders, fill } = mode;
  const [gpuBusy, memoryBusy, launching, loading] = busy;
  const cpuPower = clockPower(cpu);
  const gpuPower = clockPower(gpu);
  return Float64Array.of(
    1,
    memory,
    cores * cpuPower,
    Math.min(1, (launching + loading * loaders) / busyCores) * cpuPower,
    gpuPower,
    Math.min(1, gpuBusy) * gpuPower,
    Math.min(1, memoryBusy) * memory,
    Math.min(1, gpuBusy) * gpuPower * fill,
  );
}

/** Customary parts of these terms in the power of a board with everything busy; without the last, they sum to about 1. */
const customaryParts = [0.13, 0.07, 0.055, 0.19, 0.08, 0.28, 0.2, 0.28];
/** How little they are trusted: 100 %. */
const priorDeviation = 1;
/** Relative deviation of measured power from any law of this form, more than the noise alone. */
const lawError = 0.025;

/**
 * Fits p = terms · k with k ≥ 0, by Bayesian linear regression: p with a relative normal error, k with a normal prior around customary
 * parts, scaled to the first sample. Negative coefficients are set to 0, round after round.
 *
 * @param samples  at least one
 * @see C. M. Bishop, Pattern Recognition and Machine Learning (2006), section 3.3
 */
export function fitPowerLaw(samples: readonly PowerSample[]): PowerLaw {
  const prior = priorOf(samples[0]!);
  let active = [...prior.keys()];
  for (;;) {
    const { coefficients, covariance } = regress(samples, prior, active);
    const kept = active.filter((_, i) => coefficients[i]! >= 0);
    if (kept.length === active.length) {
      return {
        at: (terms) => kept.reduce((sum, k, i) => sum + terms[k]! * coefficients[i]!, 0),
        varianceAt: (terms) => covariance.inverseForm(kept.map((k) => terms[k]!)),
      };
    }
    active = kept;
  }
}

function priorOf({ terms, power }: PowerSample): readonly number[] {
  const total = customaryParts.reduce((sum, part, k) => sum + part * terms[k]!, 0);
  return customaryParts.map((part) => (part * power) / total);
}

/** The posterior of the active coefficients. */
function regress(samples: readonly PowerSample[], prior: readonly number[], active: readonly number[]) {
  const n = active.length;
  const precision = new Float64Array(n * n);
  const target = new Float64Array(n);
  for (const [i, k] of active.entries()) {
    const weight = 1 / (priorDeviation * prior[k]!) ** 2;
    precision[i * n + i] = weight;
    target[i] = weight * prior[k]!;
  }
  for (const { terms, power } of samples) {
    const weight = 1 / (lawError * power) ** 2;
    for (const [i, k] of active.entries()) {
      target[i]! += weight * terms[k]! * power;
      for (const [j, l] of active.entries()) precision[i * n + j]! += weight * terms[k]! * terms[l]!;
    }
  }
  const covariance = cholesky(precision, n);
  return { coefficients: covariance.solve(target), covariance };
}

import { fourierTransform } from "./fourierTransform.ts";

/** Unscaling multiplies rounding by at most this; about 1e-13 remains. */
const largestUnscaling = 1e3;
/** Aliased terms are below e^−32. */
const decades = 32;

/**
 * Descending ladder heights of the queue behind a server that always takes full batches.
 *
 * The queue moves by A − B between departures, A being the arrivals during a batch. Starting from some level, it first falls
 * below it by d ∈ 1…B with probability g(d). By the Wiener–Hopf factorisation of 1 − E z^(A−B), the negative powers of its
 * logarithm are the logarithm of 1 − Σ g(d) z^(−d). The logarithm is expanded by a Fourier transform on a circle of radius
 * above 1, where |E z^(A−B)| < 1.
 *
 * @param arrivals  probability of i arrivals during a full batch, mean below B
 * @param maxBatch  B
 * @returns g(d) at index d, index 0 unused; adds up to 1
 * @see Feller, An Introduction to Probability Theory and Its Applications II, chapter XII.3
 */
export function ladderHeights(arrivals: Float64Array, maxBatch: number): Float64Array {
  const logRadius = chooseLogRadius(arrivals, maxBatch);
  const size = powerOfTwoAbove(Math.max(decades / logRadius, 4 * maxBatch, 2 * arrivals.length));
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  for (let i = 0; i < arrivals.length; i += 1)
    re[(i - maxBatch + size) % size]! += arrivals[i]! * Math.exp(logRadius * (i - maxBatch));
  fourierTransform(re, im, false);
  for (let m = 0; m < size; m += 1) {
    const a = 1 - re[m]!;
    const b = -im[m]!;
    re[m] = 0.5 * Math.log(a * a + b * b);
    im[m] = Math.atan2(b, a);
  }
  fourierTransform(re, im, true);
  const logarithm = Float64Array.from({ length: maxBatch + 1 }, (_, d) =>
    d === 0 ? 0 : (re[size - d]! / size) * Math.exp(logRadius * d),
  );
  return exponentiate(logarithm).map((term, d) => (d === 0 ? 0 : Math.max(0, -term)));
}

/** The radius where E r^(A−B) is least, so that both sides of the expansion decay, within what unscaling can bear. */
function chooseLogRadius(arrivals: Float64Array, maxBatch: number): number {
  const slope = (s: number) => {
    let sum = 0;
    for (let i = 0; i < arrivals.length; i += 1) sum += (i - maxBatch) * arrivals[i]! * Math.exp(s * (i - maxBatch));
    return sum;
  };
  let [low, high] = [0, Math.log(largestUnscaling) / maxBatch];
  if (slope(high) < 0) return high;
  for (let step = 0; step < 30; step += 1) {
    const middle = (low + high) / 2;
    if (slope(middle) < 0) low = middle;
    else high = middle;
  }
  return low;
}

/** Exponential of a power series without constant term. */
function exponentiate(series: Float64Array): Float64Array {
  const result = new Float64Array(series.length);
  result[0] = 1;
  for (let n = 1; n < series.length; n += 1) {
    let sum = 0;
    for (let k = 1; k <= n; k += 1) sum += k * series[k]! * result[n - k]!;
    result[n] = sum / n;
  }
  return result;
}

function powerOfTwoAbove(least: number): number {
  return 2 ** Math.ceil(Math.log2(least));
}

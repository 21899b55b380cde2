import { type Cholesky, cholesky } from "../../cholesky.ts";
import type { ClockMode } from "./clockMode.ts";

/** What the law says about one mode. */
export interface TimePoint {
  /** In the unit of the fitted times. */
  readonly time: number;
  /** ∂ ln t / ∂ θ for each of the parameters that are fitted. */
  readonly sensitivities: Float64Array;
  /** Time that GPU work, memory traffic, launches and data loading would each take alone, relative to the time. */
  readonly busy: readonly [gpu: number, memory: number, launches: number, loading: number];
}

/** A fitted law of time. */
export interface TimeLaw {
  /** −2 ln(posterior), up to a constant that all laws of the same samples share. */
  readonly misfit: number;
  at(mode: ClockMode): TimePoint;
  /** Variance of ln t that comes from not knowing the parameters. */
  varianceAt(point: TimePoint): number;
}

/** A time measured at a mode. */
export interface TimeSample {
  readonly mode: ClockMode;
  readonly time: number;
}

/**
 * Parameters θ: ln a of the four overlapping parts and of the rest; the exponents of GPU, memory and CPU clock; ln b of GPU work and of
 * memory traffic. A prior's `part` is the part of the first time, its `requests` the work that a minibatch costs beyond its requests, its
 * `exponent` the mean itself.
 */
const priors = [
  { part: 0.35, deviation: 1 },
  { part: 0.2, deviation: 1 },
  { part: 0.15, deviation: 1 },
  { part: 0.25, deviation: 1 },
  { part: 0.02, deviation: 1 },
  { exponent: 1, deviation: 0.1 },
  { exponent: 1, deviation: 0.15 },
  { exponent: 1, deviation: 0.1 },
  { requests: 1.5, deviation: 1 },
  { requests: 1.5, deviation: 1 },
] as const;
/** The last two count only where minibatches differ. */
const countOfOneBatch = priors.length - 2;
/** Relative deviation of measured times from any law of this form, more than the noise alone. */
const lawError = 0.04;

/**
 * Fits a soft roofline to measured times:
 *
 *     t = (z₁^q + z₂^q + z₃^q + z₄^q)^(1/q) + a₅,   z = (a₁(β + b₁)/g^e₁, a₂(β + b₂)/m^e₂, a₃/c^e₃, a₄β/(c^e₃ · loaders))
 *
 * with g, m, c the clocks of GPU, memory and CPU, and β the requests of a minibatch (1 in training). z are the times of GPU work, memory
 * traffic, kernel launches and data loading; the first two also cost what b requests would, whatever β. q says how they overlap: 1, one after the other; large, the longest hides the others. Exponents near 1 allow for work that gains less than its clock.
 * The parameters maximise their posterior, ln t with a normal error, ln a and e with normal priors, by Levenberg-Marquardt; the curvature
 * there gives their covariance (Laplace's approximation).
 *
 * @param samples  at least one; priors are relative to the first
 * @param q  a power of two
 * @see S. Williams, A. Waterman and D. Patterson, Roofline, CACM 52 (2009); C. M. Bishop, Pattern Recognition and Machine Learning
 * (2006), section 4.4
 */
export function fitTimeLaw(samples: readonly TimeSample[], q: number): TimeLaw {
  const { batch } = samples[0]!.mode;
  const count = samples.some(({ mode }) => mode.batch !== batch) ? priors.length : countOfOneBatch;
  const fit: TimeFit = { samples, q, batch, count, prior: priorOf(samples[0]!) };
  const { theta, misfit } = maximise(fit);
  const constants = constantsOf(theta);
  const covariance = cholesky(derivativesOf(fit, theta).curvature, count);
  return {
    misfit,
    at: (mode) => pointAt(constants, fit, mode),
    varianceAt: ({ sensitivities }) => covariance.inverseForm(sensitivities),
  };
}

interface TimeFit {
  readonly samples: readonly TimeSample[];
  readonly q: number;
  /** Requests of the first sample's minibatch, to which a belongs. */
  readonly batch: number;
  /** Parameters that are fitted; the others stay as their priors. */
  readonly count: number;
  readonly prior: Float64Array;
}

/** The search is flat long before these run out. */
const iterations = 60;
const attempts = 8;
/** Gain of −2 ln(posterior) below which it ends. */
const smallestGain = 1e-4;
/** Longest step of a parameter; in ln a, a factor of 4.5. */
const longestStep = 1.5;
const firstDamping = 1e-2;
const leastDamping = 1e-6;
const dampingFactor = 4;

function maximise(fit: TimeFit): { readonly theta: Float64Array; readonly misfit: number } {
  let theta = fit.prior;
  let misfit = misfitOf(fit, theta);
  let damping = firstDamping;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const { curvature, gradient } = derivativesOf(fit, theta);
    let gain = 0;
    for (let attempt = 0; attempt < attempts && gain === 0; attempt++) {
      const step = damped(curvature, fit.count, damping).solve(gradient);
      const next = theta.map((value, k) => value + Math.max(-longestStep, Math.min(longestStep, step[k] ?? 0)));
      const nextMisfit = misfitOf(fit, next);
      if (nextMisfit < misfit) {
        gain = misfit - nextMisfit;
        [theta, misfit, damping] = [next, nextMisfit, Math.max(leastDamping, damping / dampingFactor)];
      } else damping *= dampingFactor;
    }
    if (gain < smallestGain) break;
  }
  return { theta, misfit };
}

function priorOf({ mode, time }: TimeSample): Float64Array {
  const reach = [mode.gpu, mode.memory, mode.cpu, mode.cpu * mode.loaders, 1];
  return Float64Array.from(priors, (prior, k) => {
    if ("part" in prior) return Math.log(prior.part * time * reach[k]!);
    return "requests" in prior ? Math.log(prior.requests) : prior.exponent;
  });
}

/** a and b of the logarithms; exponents as they are. */
function constantsOf(theta: Float64Array): Float64Array {
  return theta.map((value, k) => ("exponent" in priors[k]! ? value : Math.exp(value)));
}

function pointAt(constants: Float64Array, fit: Pick<TimeFit, "q" | "batch" | "count">, mode: ClockMode): TimePoint {
  const { q, batch: firstBatch, count } = fit;
  const { gpu, memory, cpu, loaders, batch } = mode;
  const cpuSpeed = cpu ** constants[7]!;
  const [gpuRequests, memoryRequests] = [constants[8]!, constants[9]!];
  const gpuWork = (batch + gpuRequests) / (firstBatch + gpuRequests);
  const memoryWork = (batch + memoryRequests) / (firstBatch + memoryRequests);
  const z1 = (constants[0]! * gpuWork) / gpu ** constants[5]!;
  const z2 = (constants[1]! * memoryWork) / memory ** constants[6]!;
  const z3 = constants[2]! / cpuSpeed;
  const z4 = (constants[3]! * batch) / (firstBatch * cpuSpeed * loaders);
  const rest = constants[4]!;
  const [p1, p2, p3, p4] = [raise(z1, q), raise(z2, q), raise(z3, q), raise(z4, q)];
  const total = p1 + p2 + p3 + p4;
  const overlapped = root(total, q);
  const time = overlapped + rest;
  const scale = overlapped / (total * time);
  const sensitivities = new Float64Array(count);
  sensitivities[0] = scale * p1;
  sensitivities[1] = scale * p2;
  sensitivities[2] = scale * p3;
  sensitivities[3] = scale * p4;
  sensitivities[4] = rest / time;
  sensitivities[5] = -scale * p1 * Math.log(gpu);
  sensitivities[6] = -scale * p2 * Math.log(memory);
  sensitivities[7] = -scale * (p3 + p4) * Math.log(cpu);
  if (count > countOfOneBatch) {
    sensitivities[8] = scale * p1 * gpuRequests * (1 / (batch + gpuRequests) - 1 / (firstBatch + gpuRequests));
    sensitivities[9] = scale * p2 * memoryRequests * (1 / (batch + memoryRequests) - 1 / (firstBatch + memoryRequests));
  }
  return { time, sensitivities, busy: [z1 / time, z2 / time, z3 / time, z4 / time] };
}

/** x^q for a power of two, several times quicker than the general power. */
function raise(x: number, q: number): number {
  let power = x;
  for (let k = 1; k < q; k *= 2) power *= power;
  return power;
}

/** x^(1/q) for a power of two. */
function root(x: number, q: number): number {
  let base = x;
  for (let k = 1; k < q; k *= 2) base = Math.sqrt(base);
  return base;
}

function misfitOf(fit: TimeFit, theta: Float64Array): number {
  const { samples, count, prior } = fit;
  const constants = constantsOf(theta);
  let misfit = 0;
  for (const { mode, time } of samples) misfit += (Math.log(time / pointAt(constants, fit, mode).time) / lawError) ** 2;
  for (let k = 0; k < count; k++) misfit += ((theta[k]! - prior[k]!) / priors[k]!.deviation) ** 2;
  return misfit;
}

/** Half of the misfit's negative gradient and of its Gauss-Newton curvature (square, row-major). */
function derivativesOf(fit: TimeFit, theta: Float64Array) {
  const { samples, count, prior } = fit;
  const constants = constantsOf(theta);
  const curvature = new Float64Array(count * count);
  const gradient = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const precision = 1 / priors[k]!.deviation ** 2;
    curvature[k * count + k] = precision;
    gradient[k] = precision * (prior[k]! - theta[k]!);
  }
  for (const { mode, time } of samples) {
    const { time: fitted, sensitivities } = pointAt(constants, fit, mode);
    const residual = Math.log(time / fitted);
    for (let k = 0; k < count; k++) {
      const weighted = sensitivities[k]! / lawError ** 2;
      gradient[k]! += weighted * residual;
      for (let l = 0; l < count; l++) curvature[k * count + l]! += weighted * sensitivities[l]!;
    }
  }
  return { curvature, gradient };
}

/** Marquardt's damping: the diagonal grows in proportion. */
function damped(curvature: Float64Array, count: number, damping: number): Cholesky {
  const matrix = curvature.map((value, k) => (k % (count + 1) === 0 ? value * (1 + damping) : value));
  return cholesky(matrix, count);
}

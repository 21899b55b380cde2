import type { PerSecond, Seconds } from "@partitune/schema";

/** iGniter's fitted coefficients of one model. Times in milliseconds and sizes in megabytes, as the method is published. */
export interface IgniterCoefficients {
  /** k1 to k5 of the active time (k1 b² + k2 b + k3) / (r + k4) + k5, ms, with the share r in percent. */
  readonly active: readonly [number, number, number, number, number];
  /** Time per batch that does not depend on the share, ms. */
  readonly baseMs: number;
  readonly inputPerRequest: number;
  readonly outputPerRequest: number;
  /** Bandwidth between host and GPU, in the unit of the inputs per ms. */
  readonly bandwidth: number;
}

/** The batch and the least share that iGniter gives a service that runs alone. */
export interface IgniterShare {
  readonly batch: number;
  /** Percent, a multiple of the unit; may exceed 100, when no share suffices. */
  readonly percent: number;
}

/** Share of one texture processing cluster of a V100, percent. */
const defaultUnit = 2.5;

/**
 * The batch that gathers and moves within half the deadline, and the least share that computes it in what then remains.
 *
 * Δ = L/2, b = ⌈Δ·R·B/(B + in·R)⌉, γ = k1 b² + k2 b + k3, δ = Δ − base − b(in + out)/B − k5, r = ⌈(γ/δ − k4)/unit⌉·unit.
 *
 * @param unitPercent  the smallest step of shares
 * @returns null when moving data alone takes longer than half the deadline
 * @see Xu et al., TPDS 2023, theorem 1
 * @example igniterShare({ active: [0.05, 20, 30, 2, 0.4], baseMs: 0.2, inputPerRequest: 0.6, outputPerRequest: 0.004, bandwidth: 10 }, 400, 0.04)
 *          // { batch: 8, percent: 10 }
 */
export function igniterShare(
  { active: [k1, k2, k3, k4, k5], baseMs, inputPerRequest, outputPerRequest, bandwidth }: IgniterCoefficients,
  ratePerSecond: PerSecond,
  deadlineSeconds: Seconds,
  unitPercent: number = defaultUnit,
): IgniterShare | null {
  const halfMs = (1000 * deadlineSeconds) / 2;
  const perMs = ratePerSecond / 1000;
  const batch = Math.ceil((halfMs * perMs * bandwidth) / (bandwidth + inputPerRequest * perMs));
  const work = k1 * batch ** 2 + k2 * batch + k3;
  const left = halfMs - baseMs - (batch * (inputPerRequest + outputPerRequest)) / bandwidth - k5;
  if (left <= 0) return null;
  return { batch, percent: Math.max(1, Math.ceil((work / left - k4) / unitPercent)) * unitPercent };
}

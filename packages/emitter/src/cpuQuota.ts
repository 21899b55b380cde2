import { InputError, type Seconds } from "@partitune/schema";

/** A bandwidth limit of the Linux scheduler: at most `quota` microseconds of processor time in every `period`. */
export interface CpuQuota {
  readonly quotaMicroseconds: number;
  readonly periodMicroseconds: number;
}

/**
 * Length of a quota period when nothing else is asked for. Short, since with the kernel's 100 ms a batch either fits into the
 * quota or waits for the next period, which makes latencies two-humped; not shorter, since the scheduler takes quota in slices and
 * looks at ticks of 1 to 4 ms.
 *
 * Measured with ResNet-18 at shares 0.25, 0.5 and 0.75 of two cores (Linux 6.18, 250 Hz ticks), batches 1 and 4: time won or lost
 * against the share at worst 1 ms −52 %, 2 ms −45 %, 5 ms −10 %, 10 ms −7 %, 12 ms −2 %, 20 ms ±2 %; p99/p50 in the mean 1.40 at
 * 12 ms, its least, and up to 7 at 100 ms. Multiples of the tick do best.
 */
export const defaultPeriodSeconds: Seconds = 0.012;

/** The kernel refuses quotas and periods below 1 ms and periods above 1 s (`min_cfs_quota_period`, kernel/sched/core.c). */
const leastMicroseconds = 1_000;
const greatestMicroseconds = 1_000_000;

/**
 * The quota that gives a share of a machine's processor time: share × cores × period. A share so small that its quota would
 * fall below what the kernel accepts gets a longer period.
 *
 * @param share  part of the time of all cores, 0 < share ≤ 1
 * @param cores  cores of the machine
 * @throws InputError when the share is out of range or too small for the longest period
 */
export function cpuQuota(share: number, cores: number, period: Seconds = defaultPeriodSeconds): CpuQuota {
  const capacity = share * cores;
  const asked = Math.round(period * 1e6);
  const periodMicroseconds = Math.max(asked, leastMicroseconds, Math.ceil(leastMicroseconds / capacity - 1e-9));
  if (!(share > 0 && share <= 1) || periodMicroseconds > greatestMicroseconds)
    throw new InputError({
      what: `CPU share ${share} of ${cores} cores`,
      problem: "is not a share that a quota can give",
      advice: `give a share from ${leastMicroseconds / greatestMicroseconds / cores} to 1`,
    });
  return {
    quotaMicroseconds: Math.max(leastMicroseconds, Math.round(capacity * periodMicroseconds)),
    periodMicroseconds,
  };
}

import type { Seconds } from "@partitune/schema";
import type { Step } from "./planRound.ts";
import { settingKey } from "./space.ts";

/** Learns how long measurements take and tells how long those that are left will. */
export interface TimeLeft {
  /** A measurement is done and took so long. */
  learn(step: Step, duration: Seconds): void;
  /** @returns null while nothing has been learnt */
  estimate(): Seconds | null;
}

/**
 * Estimates the time left of a campaign: a measurement takes as long as the last one of the same configuration, else as those of its workload
 * in the mean, else as all in the mean. Starting the worker is part of it. Telling and asking take no longer for larger campaigns.
 *
 * @param steps  what is left to measure
 */
export function timeLeft(steps: readonly Step[]): TimeLeft {
  const left = new Set(steps.map((step) => step.id));
  const workloads = new Map<string, WorkloadTimes>();
  for (const step of steps) timesOf(workloads, step).add(step);
  const overall = new Mean();
  return {
    learn(step, duration) {
      overall.add(duration);
      timesOf(workloads, step).learn(step, duration, left.delete(step.id));
    },
    estimate() {
      if (overall.count === 0) return null;
      let sum = 0;
      for (const times of workloads.values()) sum += times.estimate(overall.value);
      return sum;
    },
  };
}

function timesOf(workloads: Map<string, WorkloadTimes>, { point }: Step): WorkloadTimes {
  const { workload } = point.config;
  const times = workloads.get(workload) ?? new WorkloadTimes();
  workloads.set(workload, times);
  return times;
}

/** What is left of one workload: settings that were measured before, and all others. */
class WorkloadTimes {
  readonly #left = new Map<string, number>();
  readonly #last = new Map<string, Seconds>();
  readonly #mean = new Mean();
  #known = 0;
  #unknown = 0;

  add(step: Step): void {
    const key = keyOf(step);
    this.#left.set(key, (this.#left.get(key) ?? 0) + 1);
    this.#unknown += 1;
  }

  learn(step: Step, duration: Seconds, wasLeft: boolean): void {
    const key = keyOf(step);
    const before = this.#left.get(key) ?? 0;
    const last = this.#last.get(key);
    if (last === undefined) this.#unknown -= before;
    else this.#known -= before * last;
    const after = before - (wasLeft ? 1 : 0);
    this.#left.set(key, after);
    this.#last.set(key, duration);
    this.#known += after * duration;
    this.#mean.add(duration);
  }

  estimate(overall: Seconds): Seconds {
    return this.#known + this.#unknown * (this.#mean.count === 0 ? overall : this.#mean.value);
  }
}

function keyOf(step: Step): string {
  const { config, neighbours, load } = step.point;
  return settingKey(config, neighbours, load);
}

class Mean {
  count = 0;
  value = 0;

  add(sample: number): void {
    this.count += 1;
    this.value += (sample - this.value) / this.count;
  }
}

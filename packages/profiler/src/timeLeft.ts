import type { Seconds } from "@partitune/schema";
import type { Step } from "./planRound.ts";
import { settingKey } from "./space.ts";

/** Learns how long measurements take and tells how long the others will. */
export interface TimeLeft {
  learn(step: Step, duration: Seconds): void;
  /** @returns null while nothing has been learnt */
  estimate(steps: readonly Step[]): Seconds | null;
}

/**
 * Estimates the time left of a campaign: a measurement takes as long as the last one of the same configuration, else as those of its workload
 * in the mean, else as all in the mean. Starting the worker is part of it.
 */
export function timeLeft(): TimeLeft {
  const bySetting = new Map<string, Seconds>();
  const byWorkload = new Map<string, Mean>();
  const overall = new Mean();
  return {
    learn(step, duration) {
      const { workload } = step.point.config;
      bySetting.set(keyOf(step), duration);
      byWorkload.set(workload, byWorkload.get(workload) ?? new Mean());
      byWorkload.get(workload)!.add(duration);
      overall.add(duration);
    },
    estimate(steps) {
      if (overall.count === 0) return null;
      const costOf = (step: Step) =>
        bySetting.get(keyOf(step)) ?? byWorkload.get(step.point.config.workload)?.value ?? overall.value;
      return steps.reduce((sum, step) => sum + costOf(step), 0);
    },
  };
}

function keyOf(step: Step): string {
  return settingKey(step.point.config, step.point.neighbours);
}

class Mean {
  count = 0;
  value = 0;

  add(sample: number): void {
    this.count += 1;
    this.value += (sample - this.value) / this.count;
  }
}

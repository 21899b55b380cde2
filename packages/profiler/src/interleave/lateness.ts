import { quantile } from "@partitune/numerics";
import type { ModePlan, Seconds } from "@partitune/schema";
import type { TraceContext } from "./buildModeTrace.ts";
import type { TurnSamples } from "./turnSamples.ts";

/** How the minibatches of one job kept to what the plan expects. */
export interface Lateness {
  readonly job: string;
  readonly minibatches: number;
  /** From the moment a minibatch was ready to its start, at worst; null for the background, and when none ran. */
  readonly worstLateSeconds: Seconds | null;
  /** From start to end, as those that take turns see it: median and longest. */
  readonly medianSeconds: Seconds | null;
  readonly longestSeconds: Seconds | null;
  /** What the plan expects. */
  readonly expectedSeconds: Seconds;
}

/** The minibatches that began in the measured window, job by job in the plan's order. */
export function latenessOf(
  plan: ModePlan,
  { origin, logged }: TurnSamples,
  context: TraceContext,
): readonly Lateness[] {
  const from = origin + context.warmupSeconds;
  const to = from + context.durationSeconds;
  const jobs = [...plan.inferences, ...(plan.background === null ? [] : [plan.background])];
  return jobs.map(({ workload, expected }) => {
    const own = logged.minibatches.filter(({ job, start }) => job === workload && start >= from && start < to);
    const times = Float64Array.from(own, ({ start, end }) => end - start).sort();
    const late = own.filter(({ task }) => task === "inference").map(({ ready, start }) => start - ready);
    return {
      job: workload,
      minibatches: own.length,
      worstLateSeconds: late.length === 0 ? null : late.reduce((most, one) => Math.max(most, one)),
      medianSeconds: times.length === 0 ? null : quantile(times, 0.5),
      longestSeconds: times.at(-1) ?? null,
      expectedSeconds: expected.seconds,
    };
  });
}

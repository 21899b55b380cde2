import type { ModePromise, ModeTrace, ModeTurns, PerSecond, Seconds, Watts } from "@partitune/schema";

/** What one source knows about the promises of a plan, or of one period of a schedule. */
export interface ModeEvidence {
  readonly source: "simulated" | "measured";
  readonly turns: ModeTurns;
  /** Which period of the traces. */
  readonly period: number;
  /** How often a trace plays it, so how often it begins and ends. */
  readonly rounds: number;
  /** Runs in which every minibatch takes what is expected, but for the scatter that was asked for: they tell rates and power. */
  readonly steady: readonly ModeTrace[];
  /** For each seed all its runs: any of them may tell the worst. */
  readonly runs: readonly (readonly ModeTrace[])[];
  /** Whether chance moves rates and power from run to run, and not only where a run begins and ends. */
  readonly isRandom: boolean;
  readonly confidence: number;
}

/** Rate of a workload in a trace; null where it does not tell: requests of an inference, minibatches of the background. */
export function rateIn(evidence: ModeEvidence, subject: string, trace: ModeTrace): PerSecond | null {
  const { inferences, background, seconds } = trace.periods[evidence.period]!;
  const stream = inferences.find(({ workload }) => workload === subject);
  if (stream !== undefined) return stream.completedPerSecond;
  if (background?.workload !== subject || seconds === 0) return null;
  return background.minibatchesPerSecond;
}

/**
 * By how much a rate or a mean may miss only because the run begins and ends somewhere: two minibatches of whatever is behind, or what one
 * window may bring of it where it is limited, and one of each inference may lie across the edges.
 */
export function edgeOf(evidence: ModeEvidence, { subject, metric }: ModePromise, seconds: Seconds): number {
  const { inferences, background, idleWatts } = evidence.turns;
  const served = inferences.find(({ workload }) => workload === subject);
  if (served !== undefined) return (2 * evidence.rounds * served.batch) / seconds;
  const behind = background?.expected ?? { seconds: 0, watts: 0 };
  const minibatches = 2 + (background?.highestPerWindow ?? 0);
  if (metric === "throughput_per_s") {
    const serving = inferences.reduce((sum, { expected }) => sum + expected.seconds, 0);
    const pushedOut = behind.seconds === 0 ? 0 : serving / behind.seconds;
    return (evidence.rounds * (minibatches + pushedOut)) / seconds;
  }
  const extra = (watts: Watts) => Math.max(0, watts - (idleWatts ?? 0));
  const joules = inferences.reduce((sum, { expected }) => sum + extra(expected.watts) * expected.seconds, 0);
  return (evidence.rounds * (joules + minibatches * extra(behind.watts) * behind.seconds)) / seconds;
}

import type { ModePromise, ModeTrace, ModeTurns, PerSecond, Seconds, Watts, Workload } from "@partitune/schema";

/** What one source knows about the promises of a plan, or of one period of a schedule. */
export interface ModeEvidence {
  readonly source: "simulated" | "measured";
  readonly turns: ModeTurns;
  readonly workloads: readonly Workload[];
  /** Which period of the traces. */
  readonly period: number;
  /** How often a trace plays it, so how often it begins and ends. */
  readonly rounds: number;
  /** Runs in which every minibatch takes what is expected, but for the scatter that was asked for: they tell rates and power. */
  readonly steady: readonly ModeTrace[];
  /** For each seed all its runs: any of them may tell the worst. */
  readonly runs: readonly (readonly ModeTrace[])[];
  readonly confidence: number;
}

/** Rate of a workload in a trace; null where it does not tell: requests of an inference, minibatches of training. */
export function rateIn(evidence: ModeEvidence, subject: string, trace: ModeTrace): PerSecond | null {
  const { inferences, background, seconds } = trace.periods[evidence.period]!;
  const stream = inferences.find(({ workload }) => workload === subject);
  if (stream !== undefined) return stream.completedPerSecond;
  if (background?.workload !== subject || seconds === 0) return null;
  return background.minibatchesPerSecond * perMinibatch(evidence, subject);
}

/** What a background minibatch counts for: its requests where it is a backlog of inference, else one. */
function perMinibatch({ turns, workloads }: ModeEvidence, subject: string): number {
  const isBacklog = workloads.find(({ name }) => name === subject)?.task === "inference";
  return isBacklog ? turns.background!.batch : 1;
}

/**
 * By how much a rate or a mean may miss only because the run begins and ends somewhere: two minibatches of whatever is behind, and one of
 * each inference, may lie across the edges.
 */
export function edgeOf(evidence: ModeEvidence, { subject, metric }: ModePromise, seconds: Seconds): number {
  const { inferences, background, idleWatts } = evidence.turns;
  const served = inferences.find(({ workload }) => workload === subject);
  if (served !== undefined) return (2 * evidence.rounds * served.batch) / seconds;
  const behind = background?.expected ?? { seconds: 0, watts: 0 };
  if (metric === "throughput_per_s") {
    const inferenceSeconds = inferences.reduce((sum, { expected }) => sum + expected.seconds, 0);
    const minibatches = 2 + (behind.seconds === 0 ? 0 : inferenceSeconds / behind.seconds);
    return (evidence.rounds * minibatches * perMinibatch(evidence, subject)) / seconds;
  }
  const extra = (watts: Watts) => Math.max(0, watts - (idleWatts ?? 0));
  const joules = inferences.reduce((sum, { expected }) => sum + extra(expected.watts) * expected.seconds, 0);
  return (evidence.rounds * (joules + 2 * extra(behind.watts) * behind.seconds)) / seconds;
}

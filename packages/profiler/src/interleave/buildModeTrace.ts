import { quantile } from "@partitune/numerics";
import type { Made, ModePlan, ModeStream, ModeTrace, Seconds } from "@partitune/schema";
import { outcomes, type StreamSamples } from "../live/load.ts";
import type { Minibatch } from "./minibatch.ts";
import type { TurnSamples } from "./turnSamples.ts";

/** What a trace says beside what was seen. */
export interface TraceContext {
  readonly made: Made;
  readonly arrivals: ModeTrace["arrivals"];
  readonly managed: boolean;
  readonly warmupSeconds: Seconds;
  readonly durationSeconds: Seconds;
}

interface Span {
  readonly from: Seconds;
  readonly to: Seconds;
}

/**
 * What the samples of a mode plan at work say, over the measured window.
 *
 * Latency runs from the moment a request was due to the end of its minibatch. A request without an answer counts as waiting, with the
 * age it had at the end. Rates and the busy part are taken over whole windows of the first inference. Power is not measured here.
 */
export function buildModeTrace(plan: ModePlan, samples: TurnSamples, context: TraceContext): ModeTrace {
  const { warmupSeconds, durationSeconds, made, arrivals, managed } = context;
  const window = { from: warmupSeconds, to: warmupSeconds + durationSeconds };
  const windowSeconds = plan.inferences[0]?.windowSeconds;
  const whole =
    windowSeconds === undefined ? durationSeconds : Math.floor(durationSeconds / windowSeconds) * windowSeconds;
  const span = { from: samples.origin + window.from, to: samples.origin + window.from + whole };
  const { minibatches } = samples.logged;
  return {
    kind: "mode-trace",
    version: 1,
    made,
    source: "measured",
    sharing: managed ? "managed" : "fair",
    arrivals,
    seconds: durationSeconds,
    modeChanges: 0,
    periods: [
      {
        powerMode: plan.powerMode.name,
        seconds: whole,
        inferences: plan.inferences.map(({ workload }, n) => streamOf(workload, samples, samples.streams[n]!, window)),
        background: plan.background && backgroundOf(plan.background.workload, minibatches, span),
        busyFraction: whole === 0 ? 0 : Math.min(1, busySeconds(minibatches, span) / whole),
        joules: null,
        meanWatts: null,
        peakWatts: 0,
      },
    ],
    synthetic: false,
  };
}

function streamOf(workload: string, samples: TurnSamples, stream: StreamSamples, window: Span): ModeStream {
  const { intended, end, outcome } = stream;
  const putOff = putOffOf(workload, samples, stream);
  const inWindow = Array.from(intended.keys()).filter((i) => intended[i]! >= window.from && intended[i]! < window.to);
  const isAnswered = (i: number) => outcome[i] === outcomes.answered;
  const last = inWindow.reduce((latest, i) => (isAnswered(i) ? Math.max(latest, end[i]!) : latest), window.to);
  const latency = (i: number) => (isAnswered(i) ? end[i]! : last) - intended[i]!;
  const answered = inWindow.filter(isAnswered);
  const sorted = Float64Array.from(answered, latency).sort();
  const seconds = window.to - window.from;
  const ofAbsolute = ({ from, to }: Span) => ({ from: samples.origin + from, to: samples.origin + to });
  const { from, to } = ofAbsolute(window);
  const windows = samples.logged.windows.filter(({ job, opened }) => job === workload && opened >= from && opened < to);
  return {
    workload,
    offeredPerSecond: inWindow.length / seconds,
    completedPerSecond: end.filter((time) => time >= window.from && time < window.to).length / seconds,
    requests: answered.length,
    waiting: inWindow.length - answered.length,
    minibatches: samples.logged.minibatches.filter((one) => one.job === workload && one.end >= from && one.end < to)
      .length,
    windows: windows.length,
    overflowed: windows.filter(({ overflowed }) => overflowed).length,
    worstSeconds: worst(inWindow.map(latency)),
    worstWithinRateSeconds: worst(inWindow.filter((i) => !putOff.has(i)).map(latency)),
    meanSeconds: sorted.length === 0 ? null : sorted.reduce((sum, each) => sum + each, 0) / sorted.length,
    p50Seconds: sorted.length === 0 ? null : quantile(sorted, 0.5),
    p99Seconds: sorted.length === 0 ? null : quantile(sorted, 0.99),
  };
}

/** Requests that had to wait for a later window because too many had come: the first ones of minibatches that say so. */
function putOffOf(workload: string, { origin, logged }: TurnSamples, { end }: StreamSamples): ReadonlySet<number> {
  const sizes = new Map(
    logged.minibatches
      .filter(({ job, putOff }) => job === workload && putOff > 0)
      .map((one) => [toMicroseconds(one.end - origin), one.putOff]),
  );
  const putOff = new Set<number>();
  const seen = new Map<number, number>();
  for (const [i, time] of end.entries()) {
    const key = toMicroseconds(time);
    const before = seen.get(key) ?? 0;
    if (before < (sizes.get(key) ?? 0)) putOff.add(i);
    seen.set(key, before + 1);
  }
  return putOff;
}

/** Times went through decimal text and a subtraction; minibatches are further apart than a microsecond. */
function toMicroseconds(seconds: Seconds): number {
  return Math.round(seconds * 1e6);
}

function backgroundOf(workload: string, minibatches: readonly Minibatch[], span: Span) {
  const count = minibatches
    .filter(({ job }) => job === workload)
    .reduce((sum, one) => sum + overlap(one, span) / (one.end - one.start), 0);
  const seconds = span.to - span.from;
  return { workload, minibatches: count, minibatchesPerSecond: seconds === 0 ? 0 : count / seconds };
}

/** Time in which something ran; what ran side by side counts once. */
function busySeconds(minibatches: readonly Minibatch[], span: Span): Seconds {
  let busy = 0;
  let until = span.from;
  for (const { start, end } of minibatches.toSorted((a, b) => a.start - b.start)) {
    busy += Math.max(0, Math.min(end, span.to) - Math.max(start, until));
    until = Math.max(until, end);
  }
  return busy;
}

function overlap({ start, end }: Minibatch, { from, to }: Span): Seconds {
  return Math.max(0, Math.min(end, to) - Math.max(start, from));
}

function worst(values: readonly Seconds[]): Seconds | null {
  return values.length === 0 ? null : values.reduce((most, value) => Math.max(most, value));
}

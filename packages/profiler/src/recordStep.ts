import type { JournalEntry, Measurement, Samples } from "@partitune/schema";
import type { DeviceLost, Executor } from "./executor.ts";
import type { Step } from "./planRound.ts";
import type { Sink } from "./sink.ts";
import type { Stage, StepResult } from "./stage.ts";
import { timestamp } from "./timestamp.ts";

/** Where measurements are written, and what stands on each of them. */
export interface Recorder {
  readonly executor: Executor;
  readonly sink: Sink;
  /** Hash of the environment that is measured in. */
  readonly environment: string;
  readonly seed: string;
}

/** A measurement that was in flight when the work was ended. */
export type CutShort = NonNullable<Extract<JournalEntry, { readonly type: "aborted" }>["partial"]>;

/** What became of a step: written to the journal, or ended from outside, with what was measured so far. */
export type RecordedStep =
  | { readonly kind: "recorded"; readonly measurement: Measurement; readonly lost?: DeviceLost }
  | { readonly kind: "aborted"; readonly partial: CutShort | null };

const noSamples: Samples = { warmup: 0, start_s: [], end_s: [], service_s: [] };

/** Measures a step on a stage; result or failure are on disk when it returns. */
export async function recordStep(step: Step, stage: Stage, recorder: Recorder): Promise<RecordedStep> {
  const { sink, executor } = recorder;
  const position = sink.journal.nextPosition(step.point.round);
  const at = timestamp(executor);
  await sink.append({ type: "started", at, id: step.id, position });
  const result = await stage.settle(step);
  if (result.kind === "aborted") return { kind: "aborted", partial: null };
  const measurement = toMeasurement(step, result, { position, startedAt: at, recorder });
  const samples = result.kind === "measured" ? result.samples : noSamples;
  if (result.kind === "measured" && result.results.stoppedBy === "aborted") {
    return { kind: "aborted", partial: { measurement, samples } };
  }
  if (result.kind === "failed") await sink.append({ type: "failed", at: timestamp(executor), measurement });
  else await sink.append({ type: "done", at: timestamp(executor), measurement, samples });
  const lost = result.kind === "measured" ? undefined : result.lost;
  return { kind: "recorded", measurement, ...(lost === undefined ? {} : { lost }) };
}

function toMeasurement(
  step: Step,
  result: Exclude<StepResult, { readonly kind: "aborted" }>,
  when: { readonly position: number; readonly startedAt: string; readonly recorder: Recorder },
): Measurement {
  const { position, startedAt, recorder } = when;
  return {
    id: step.id,
    point: step.point,
    position,
    seed: recorder.seed,
    baseline: step.role.kind !== "point",
    environment: recorder.environment,
    startedAt,
    mechanism: result.mechanism,
    flags: result.kind === "measured" ? result.flags : [],
    outcome:
      result.kind === "measured"
        ? { kind: "measured", results: result.results }
        : { kind: result.kind, reason: result.reason },
  };
}

/** Writes down that the work was ended from outside or by the device, why, and what was in flight. */
export async function recordEnd(
  recorder: Recorder,
  { reason: why }: { readonly reason: unknown },
  partial: CutShort | null,
): Promise<void> {
  const reason = why instanceof Error ? why.message : String(why);
  await recorder.sink.append({ type: "aborted", at: timestamp(recorder.executor), reason, partial });
}

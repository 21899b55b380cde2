import {
  type Calibration,
  type Device,
  isOneInFlight,
  type MeasurementFlag,
  type MeasurementResults,
  type Protocol,
  type Samples,
  type Watts,
} from "@partitune/schema";
import { coolDown } from "./coolDown.ts";
import { DeviceLost, type Executor, type Session, WorkerFailure } from "./executor.ts";
import { findFlags } from "./findFlags.ts";
import type { IdentifiedWorkload } from "./identity.ts";
import { type LoadedNeighbours, loadNeighbours } from "./loadNeighbours.ts";
import { type MeasureContext, measure, type Observation } from "./measure.ts";
import { measuredLatency } from "./measuredLatency.ts";
import { type MeterReadings, meterStopped } from "./meterStopped.ts";
import { modeNotApplied } from "./modeNotApplied.ts";
import { invalidatingReasons } from "./nvidia/card.ts";
import type { Step } from "./planRound.ts";
import { powerModesByName } from "./powerModesByName.ts";
import { reasonsInWindow } from "./reasonsInWindow.ts";
import { summarise } from "./summarise.ts";
import { summariseServing } from "./summariseServing.ts";
import { toSamples } from "./toSamples.ts";
import { type UsageInWindow, unknownUsage, usageInWindow, withoutEnergy } from "./usageInWindow.ts";

/** What became of a step. */
export type StepResult =
  | {
      readonly kind: "measured";
      readonly results: MeasurementResults;
      readonly samples: Samples;
      readonly flags: readonly MeasurementFlag[];
      readonly mechanism: string;
    }
  | {
      readonly kind: "infeasible" | "failed";
      readonly reason: string;
      readonly mechanism: string;
      /** Set when the device has gone, so that nothing more can be measured. */
      readonly lost?: DeviceLost;
    }
  /** Ended from outside before anything was measured. */
  | { readonly kind: "aborted" };

interface Observed extends Observation {
  readonly mechanism: string;
}

/** What measuring a step depends on beside the step. */
export interface StageContext {
  readonly executor: Executor;
  readonly device: Device;
  readonly workloads: ReadonlyMap<string, IdentifiedWorkload>;
  readonly protocol: Protocol;
  readonly calibration: Pick<Calibration, "stepSeconds" | "overheadSeconds" | "temperatureCelsius">;
  /** Power of the empty device, W; null or absent when it was not measured. */
  readonly idleWatts?: Watts | null;
  readonly signal: AbortSignal;
  readonly onPhase: (step: Step, phase: "starting" | "warming up" | "measuring" | "cooling down") => void;
}

/** A worker that crashes or hangs is given a second chance: many such faults do not come again. */
const attempts = 2;
/** A measurement during which the device throttled is repeated so often, after a pause to cool down; then it is kept, marked. */
const throttleRepeats = 3;

/** The workers on which steps of one block are measured, started when they are needed. */
export interface Stage {
  /**
   * Measures a step. A fault is a result: the workers are started anew for the next step. Where they do not start at all, the
   * steps that follow share the fate of the first.
   */
  settle(step: Step): Promise<StepResult>;
  /** Ends all workers and waits until they have gone. May be called twice. */
  leave(): Promise<void>;
}

/** A stage with no worker on it yet. */
export function openStage(context: StageContext): Stage {
  return new WorkerStage(context);
}

class WorkerStage implements Stage {
  readonly #context: StageContext;
  #neighbours: LoadedNeighbours | null = null;
  #session: Session | null = null;
  #largestBatch = 0;
  #left: Promise<unknown> = Promise.resolve();
  /** Why the workers could not be started. */
  #refusal: StepResult | null = null;

  constructor(context: StageContext) {
    this.#context = context;
  }

  async settle(step: Step): Promise<StepResult> {
    const { signal } = this.#context;
    for (let attempt = 1; ; attempt++) {
      if (signal.aborted) return { kind: "aborted" };
      if (this.#refusal !== null) return this.#refusal;
      const observed = await this.#observe(step).catch(toFailure);
      if (observed instanceof DeviceLost) return this.#loss(observed);
      if (!(observed instanceof WorkerFailure)) return this.#judge(step, observed);
      const started = this.#session !== null;
      const result = this.#resultOf(observed);
      await this.leave();
      if (signal.aborted) return { kind: "aborted" };
      if (result.kind === "failed" && attempt < attempts) continue;
      if (!started) this.#refusal = result;
      return result;
    }
  }

  async leave(): Promise<void> {
    const session = this.#session;
    const neighbours = this.#neighbours;
    this.#session = null;
    this.#neighbours = null;
    this.#largestBatch = 0;
    this.#left = Promise.all([this.#left, session?.close(), neighbours?.close()]);
    await this.#left;
  }

  async #observe(step: Step): Promise<Observed> {
    const { signal } = this.#context;
    for (let repeat = 0; ; repeat++) {
      const session = await this.#enter(step);
      // Whoever waits for the workers to leave learns of errors; this is only the earliest moment to begin.
      const stop = () => void this.leave().catch(() => {});
      signal.addEventListener("abort", stop, { once: true });
      const observation = await this.#measureInCompany(session, step).finally(() =>
        signal.removeEventListener("abort", stop),
      );
      if (repeat === throttleRepeats || !throttled(observation))
        return { ...observation, mechanism: session.mechanism };
      await this.#coolDown(session, step);
    }
  }

  async #coolDown(session: Session, step: Step): Promise<void> {
    const { signal, executor, calibration, onPhase } = this.#context;
    onPhase(step, "cooling down");
    await coolDown(session, { clock: executor.clock, signal, target: calibration.temperatureCelsius });
  }

  async #measureInCompany(session: Session, step: Step): Promise<Observation> {
    const neighbours = this.#neighbours!;
    const { executor, protocol, signal, onPhase } = this.#context;
    const context: MeasureContext = {
      clock: executor.clock,
      protocol,
      signal,
      check: neighbours.check,
      onPhase: (phase) => onPhase(step, phase),
    };
    await neighbours.resume();
    try {
      return await measure(session, step.point.config.batch, context);
    } finally {
      await neighbours.pause();
    }
  }

  async #enter(step: Step): Promise<Session> {
    const { executor, workloads, onPhase } = this.#context;
    if (this.#session !== null) return this.#session;
    onPhase(step, "starting");
    const { config, neighbours, load } = step.point;
    const { workload } = workloads.get(config.workload)!;
    this.#neighbours = await loadNeighbours(executor, neighbours, workloads);
    this.#session = await (isOneInFlight(load)
      ? executor.open(workload, config)
      : executor.open(workload, config, load));
    return this.#session;
  }

  #resultOf({ code, message }: WorkerFailure): StepResult {
    return {
      kind: code === "out-of-memory" || code === "bad-batch" ? "infeasible" : "failed",
      reason: message,
      mechanism: this.#mechanism,
    };
  }

  async #loss(lost: DeviceLost): Promise<StepResult> {
    const result = { kind: "failed", reason: lost.message, mechanism: this.#mechanism, lost } as const;
    await this.leave().catch(() => {}); // of a device that has gone, nothing better is to be expected
    return result;
  }

  get #mechanism(): string {
    return this.#session?.mechanism ?? "none: the worker did not start";
  }

  #judge(step: Step, observation: Observed): StepResult {
    const { batch } = step.point.config;
    const { protocol, calibration, device, workloads, idleWatts = null } = this.#context;
    if (observation.runs.length === observation.warmup) return { kind: "aborted" };
    const largest = batch >= this.#largestBatch || observation.usage?.after.memoryOfBatch === true;
    this.#largestBatch = Math.max(batch, this.#largestBatch);
    const samples = toSamples(observation.runs, observation.warmup, observation.telemetry);
    const { usage: readings, mechanism } = observation;
    const { issued, answered } = measuredLatency(samples);
    if (answered === 0) {
      const why = samples.problems?.[0];
      const reason = `none of ${issued} batches was answered${why === undefined ? "" : `: ${why}`}`;
      return { kind: "failed", reason, mechanism };
    }
    const powerMode = powerModesByName(device).get(step.point.config.powerMode)!;
    const strayed = readings === null ? undefined : modeNotApplied(powerMode, readings.before, readings.after);
    if (strayed !== undefined) return { kind: "failed", reason: strayed, mechanism };
    const stopped = readings === null ? undefined : meterStopped(readings);
    const usage = usageOf(readings, largest, stopped);
    const serving = summariseServing(samples, batch, readings);
    const summary = summarise(samples, { batch, protocol, usage, stoppedBy: observation.stoppedBy, idleWatts });
    const results = serving === undefined ? summary : { ...summary, serving };
    const flags = findFlags({
      ...{ observation, samples, results, usage, calibration, protocol, device, powerMode },
      meterStopped: stopped !== undefined,
      idle: workloads.get(step.point.config.workload)?.workload.task === "idle",
    });
    return { kind: "measured", results, samples, flags, mechanism };
  }
}

function usageOf(readings: MeterReadings | null, largest: boolean, stopped: string | undefined): UsageInWindow {
  if (readings === null) return unknownUsage("the measurement was aborted");
  const usage = usageInWindow(readings.before, readings.after, largest);
  return stopped === undefined ? usage : withoutEnergy(usage, stopped);
}

function throttled({ usage, telemetry, runs, warmup }: Observation): boolean {
  const window = { from: runs[warmup]?.start ?? 0, to: runs.at(-1)?.end ?? 0 };
  const reasons = telemetry === undefined ? null : reasonsInWindow(telemetry, window);
  if (reasons !== null && invalidatingReasons.some((reason) => (reasons[reason] ?? 0) > 0)) return true;
  if (usage === null) return false;
  return (usage.after.throttleEvents ?? 0) > (usage.before.throttleEvents ?? 0);
}

/** Whatever an executor throws is a fault of this configuration, and no reason to end the campaign, unless the device has gone. */
function toFailure(error: unknown): WorkerFailure | DeviceLost {
  if (error instanceof WorkerFailure || error instanceof DeviceLost) return error;
  return new WorkerFailure("failed", error instanceof Error ? error.message : String(error));
}

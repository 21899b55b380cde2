import {
  type Calibration,
  type Device,
  InputError,
  type Measurement,
  oneInFlight,
  type Protocol,
  type Warning,
  type Workload,
} from "@partitune/schema";
import { buildProfile } from "./buildProfile.ts";
import { checkProtocol } from "./checkProtocol.ts";
import type { Executor } from "./executor.ts";
import { identifyWorkloads } from "./identifyWorkloads.ts";
import { environmentId, type IdentifiedWorkload, measurementId } from "./identity.ts";
import type { ModeMeasuring, ModeRun, ModeRunOutcome } from "./modeMeasuring.ts";
import { modeRunConfig } from "./modeRunConfig.ts";
import { modeTable } from "./modeTable.ts";
import { openJournal } from "./openJournal.ts";
import { idleWorkload } from "./orinWorkloads.ts";
import type { Step } from "./planRound.ts";
import { recordCalibration, recordPlan } from "./recordPlan.ts";
import { type Recorder, recordEnd, recordStep } from "./recordStep.ts";
import { rowOutcome } from "./rowOutcome.ts";
import { memorySink, type Sink } from "./sink.ts";
import { settingKey } from "./space.ts";
import { openStage, type Stage } from "./stage.ts";
import { tellsPower } from "./tellsPower.ts";

/** What single runs are measured with. */
export interface ModeMeasuringOptions {
  readonly executor: Executor;
  readonly protocol: Protocol;
  /** What may be measured; the idle device always may. */
  readonly workloads: readonly Workload[];
  /** Folder of the journal and the profile; without one, measurements are lost at the end. */
  readonly folder?: string;
  /** Told before each measurement that is really made. */
  readonly onMeasure?: (run: ModeRun) => void;
}

/** Measures single runs, as a search asks for them. */
export interface OpenModeMeasuring extends ModeMeasuring {
  /** Measurements made now; the others were answered from the journal. */
  readonly made: number;
  /** Saves the profile, stops what runs, and gives the folder back. May be called twice. */
  close(): Promise<void>;
}

/**
 * Opens a device for measuring single runs in single power modes, as a search does. Each is a measurement like those of a campaign: warmed up, by the
 * protocol, journalled before it is answered. What the journal holds of a search or a campaign in the same folder is answered from it; only what
 * failed before, or has no power, is measured again. Runs in the same mode share a worker while they follow each other.
 *
 * @throws InputError when the device has no power meter, a workload cannot be started, or the journal was measured by other rules
 * @example
 *   const measuring = await openModeMeasuring({ executor, protocol: protocols.sweep, workloads, folder: "searches/r18" });
 *   await measuring.measure({ powerMode: "MAXN", workload: "resnet18", batch: null });  // { timeSeconds: 0.051, powerWatts: 48.2 }
 *   await measuring.close();
 */
export async function openModeMeasuring(options: ModeMeasuringOptions): Promise<OpenModeMeasuring> {
  const { executor, protocol, folder } = options;
  const { device, environment: facts, warnings = [] } = await executor.describe();
  const workloads = await identifyWorkloads(executor, startable(options));
  await executor.admit(device.defaultPartition);
  await checkMeter(executor, device);
  const sink = folder === undefined ? memorySink() : await openJournal(folder);
  try {
    checkProtocol(protocol, sink);
    const environment = environmentId(facts, device);
    const recorder = { executor, sink, environment, seed: "search" };
    const plan = {
      ...recorder,
      device,
      facts,
      warnings,
      workloads,
      protocol,
      accepted: [environment],
      measurements: 0,
    };
    await recordPlan(plan);
    return new JournalledMeasuring(plan, sink, options.onMeasure ?? (() => {}));
  } catch (error) {
    await closeSink(sink);
    throw error;
  }
}

/** The workloads, and the idle device where the executor can wait on it. */
function startable({ executor, workloads }: ModeMeasuringOptions): readonly Workload[] {
  const isTaken = workloads.some(({ name, task }) => task === "idle" || name === idleWorkload.name);
  const hasIdle = isTaken || !executor.engines.includes("idle");
  return hasIdle ? workloads : [...workloads, idleWorkload];
}

async function checkMeter(executor: Executor, device: Device): Promise<void> {
  const session = await executor.openNull();
  const tells = tellsPower(session, executor.clock);
  const { reasons } = await tells.then(() => session.usage()).finally(() => session.close());
  if (await tells) return;
  throw new InputError({
    what: `device "${device.name}"`,
    problem: `has no power meter (${reasons.energyJoules ?? "it does not tell its energy"})`,
    advice: "search on a device that measures its power, on a recorded profile, or on a synthetic device",
  });
}

function closeSink(sink: Sink): Promise<void> {
  return "close" in sink && typeof sink.close === "function" ? sink.close() : Promise.resolve();
}

interface Plan extends Recorder {
  readonly device: Device;
  readonly workloads: ReadonlyMap<string, IdentifiedWorkload>;
  readonly protocol: Protocol;
}

/** One for all calls without a signal: runs share a worker only under the same. */
const never = new AbortController().signal;

class JournalledMeasuring implements OpenModeMeasuring {
  readonly device: Device;
  made = 0;
  readonly #plan: Plan;
  readonly #sink: Sink;
  readonly #onMeasure: (run: ModeRun) => void;
  readonly #definitions: readonly Workload[];
  #calibration: Calibration | undefined;
  #stage: { readonly key: string; readonly signal: AbortSignal; readonly stage: Stage } | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(plan: Plan, sink: Sink, onMeasure: (run: ModeRun) => void) {
    this.device = plan.device;
    this.#plan = plan;
    this.#sink = sink;
    this.#onMeasure = onMeasure;
    this.#definitions = [...plan.workloads.values()].map(({ workload }) => workload);
  }

  /** One after the other: two measurements at a time would disturb each other. */
  measure(run: ModeRun, signal = never): Promise<ModeRunOutcome> {
    const answer = this.#last.then(() => this.#answer(run, signal));
    this.#last = answer.catch(() => {});
    return answer;
  }

  warnings(): readonly Warning[] {
    const profile = buildProfile(this.#sink.journal);
    return profile === null ? [] : [...profile.warnings, ...modeTable(profile).warnings()];
  }

  close(): Promise<void> {
    this.#closing ??= this.#last.then(() => this.#close());
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#leave();
      const profile = buildProfile(this.#sink.journal);
      if (profile !== null) await this.#sink.save(profile);
    } finally {
      await closeSink(this.#sink);
    }
  }

  async #answer(run: ModeRun, signal: AbortSignal): Promise<ModeRunOutcome> {
    signal.throwIfAborted();
    if (run.workload === null && !this.#definitions.some((workload) => workload.task === "idle")) {
      return { failed: `executor "${this.#plan.executor.name}" measures no idle device` };
    }
    const step = this.#stepOf(run);
    const known = this.#sink.journal.row(step.id, this.#plan.environment);
    if (known?.complete === true) {
      const outcome = rowOutcome(known.measurement, run);
      if (!("failed" in outcome) || known.measurement.outcome.kind === "infeasible") return outcome;
    }
    this.#onMeasure(run);
    return rowOutcome(await this.#measure(step, signal), run);
  }

  #stepOf(run: ModeRun): Step {
    const { workloads } = this.#plan;
    const config = modeRunConfig(run, this.device, this.#definitions);
    const point = { config, neighbours: [], load: oneInFlight, round: run.repeat ?? 0 } as const;
    const role = { kind: "point" } as const;
    return { id: measurementId(point, role, workloads), point, role };
  }

  async #measure(step: Step, signal: AbortSignal): Promise<Measurement> {
    this.#calibration ??= await recordCalibration(this.#plan, 0);
    const stage = await this.#enter(step, signal);
    const recorded = await recordStep(step, stage, this.#plan);
    this.made += 1;
    if (recorded.kind === "recorded") {
      if (recorded.lost !== undefined) throw recorded.lost;
      return recorded.measurement;
    }
    await this.#leave();
    await recordEnd(this.#plan, signal, recorded.partial);
    throw signal.reason;
  }

  /** A repeat gets a worker of its own: what differs between starts is part of what repeats are for. */
  async #enter({ point }: Step, signal: AbortSignal): Promise<Stage> {
    const key = `${settingKey({ ...point.config, batch: 1 }, [])} ${point.round}`;
    if (this.#stage?.key === key && this.#stage.signal === signal) return this.#stage.stage;
    await this.#leave();
    const stage = openStage({ ...this.#plan, calibration: this.#calibration!, signal, onPhase() {} });
    this.#stage = { key, signal, stage };
    return stage;
  }

  async #leave(): Promise<void> {
    const stage = this.#stage?.stage;
    this.#stage = undefined;
    await stage?.leave();
  }
}

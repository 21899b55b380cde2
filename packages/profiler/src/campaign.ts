import {
  type Calibration,
  type Device,
  formatPartition,
  InputError,
  type JournalEntry,
  type Measurement,
  type Profile,
  type Protocol,
  type Samples,
  toolName,
} from "@partitune/schema";
import { buildProfile } from "./buildProfile.ts";
import { calibrate } from "./calibrate.ts";
import type { Executor } from "./executor.ts";
import { environmentId, type IdentifiedWorkload } from "./identity.ts";
import { type Block, planRound, planRounds, type RoundContext, type Step } from "./planRound.ts";
import type { Sink } from "./sink.ts";
import { checkSpace, type Space } from "./space.ts";
import { openStage, type Stage, type StepResult } from "./stage.ts";
import { type Progress, type ProgressTracker, trackProgress } from "./trackProgress.ts";

export interface CampaignOptions {
  /** Seed of the order of the rounds; the same on every call unless given. */
  readonly seed?: string;
  /** Counts measurements of other environments as done, instead of making them again. */
  readonly keepEnvironments?: boolean;
  /** Ends the campaign: what is measured stays, and the next call goes on from there. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** How a campaign ended. */
export interface CampaignEnd {
  readonly status: "complete" | "aborted";
  /** Null when nothing has been measured yet. */
  readonly profile: Profile | null;
  /** Measurements found in the journal. */
  readonly reused: number;
  /** Measurements made now, failures included. */
  readonly made: number;
}

/** A measurement that was in flight when the campaign was ended. */
type CutShort = NonNullable<Extract<JournalEntry, { readonly type: "aborted" }>["partial"]>;

/** Everything fixed before the first measurement. */
interface Campaign extends RoundContext {
  readonly executor: Executor;
  readonly protocol: Protocol;
  readonly environment: string;
  readonly sink: Sink;
  readonly signal: AbortSignal;
}

/**
 * Measures a space on a device: every configuration once in each round, each round in a fresh random order, opened and closed by the
 * baselines.
 *
 * What the sink's journal holds already is not measured again, in whatever space it was measured; failures are tried again.
 * Everything is on disk before the next measurement begins, and the profile is saved after every round.
 *
 * @throws InputError before anything is measured when the space does not fit the device, a workload cannot be started, or the
 *   journal was measured by other rules
 * @example
 *   const sink = await openJournal("profiles/r18");
 *   await profile(executor, space, protocols.quick, sink).finally(() => sink.close());
 */
export async function profile(
  executor: Executor,
  space: Space,
  protocol: Protocol,
  sink: Sink,
  options: CampaignOptions = {},
): Promise<CampaignEnd> {
  const campaign = await prepare(executor, space, protocol, sink, options);
  const progress = trackProgress(campaign, protocol.rounds, options.onProgress ?? (() => {}));
  let cutShort: CutShort | null = null;
  for (let round = 0; round < protocol.rounds && !campaign.signal.aborted; round++) {
    const blocks = planRound(round, campaign);
    if (blocks.length === 0) continue;
    const calibration = await calibrateRound(campaign, round);
    for (const block of blocks) cutShort ??= await measureBlock(block, campaign, calibration, progress);
    await save(campaign);
  }
  if (campaign.signal.aborted) await recordEnd(campaign, cutShort);
  const { reused, made } = progress;
  return { status: campaign.signal.aborted ? "aborted" : "complete", profile: await save(campaign), reused, made };
}

async function prepare(
  executor: Executor,
  space: Space,
  protocol: Protocol,
  sink: Sink,
  options: CampaignOptions,
): Promise<Campaign> {
  const { device, environment: facts } = await executor.describe();
  checkSpace(space, device);
  checkProtocol(protocol, sink);
  const workloads = await identifyAll(executor, space);
  for (const partition of allPartitions(space, device)) await executor.admit(partition);
  const environment = environmentId(facts, device);
  const accepted = options.keepEnvironments === true ? [...sink.journal.environments.keys()] : [];
  const environments = [...new Set([...accepted, environment])];
  const campaign: Campaign = {
    executor,
    space,
    device,
    workloads,
    protocol,
    environment,
    sink,
    seed: options.seed ?? "partitune",
    signal: options.signal ?? new AbortController().signal,
    isDone: (id) => environments.some((each) => sink.journal.row(id, each)?.complete === true),
  };
  await announce(campaign, facts, environments);
  return campaign;
}

async function identifyAll(executor: Executor, space: Space): Promise<ReadonlyMap<string, IdentifiedWorkload>> {
  const workloads = new Map<string, IdentifiedWorkload>();
  for (const workload of space.workloads) {
    if (!executor.engines.includes(workload.engine.engine)) {
      throw new InputError({
        what: `workload "${workload.name}"`,
        problem: `has engine "${workload.engine.engine}", which executor "${executor.name}" does not start`,
        advice: `use an executor for it, or one of the engines ${executor.engines.map((name) => `"${name}"`).join(", ")}`,
      });
    }
    workloads.set(workload.name, { workload, identity: await executor.identify(workload) });
  }
  return workloads;
}

function allPartitions(space: Space, device: Device) {
  const all = [device.defaultPartition, ...space.partitions, ...space.companies.flat().map((each) => each.partition)];
  return new Map(all.map((partition) => [formatPartition(partition), partition])).values();
}

/** Numbers measured by different rules do not belong in one table; only rounds may be added. */
function checkProtocol(protocol: Protocol, { journal }: Sink): void {
  const before = journal.header?.protocol;
  if (before === undefined) return;
  const changed = (Object.keys(before) as (keyof typeof before)[]).find((rule) => before[rule] !== protocol[rule]);
  if (changed === undefined) return;
  throw new InputError({
    what: `rule "${changed}"`,
    problem: `is ${protocol[changed]}, but the measurements that are there were made with ${before[changed]}`,
    advice: "measure by the same rules, or into another folder",
  });
}

/** Writes down what is going to be measured, and where. */
async function announce(
  campaign: Campaign,
  facts: Readonly<Record<string, string>>,
  accepted: readonly string[],
): Promise<void> {
  const { sink, environment, device, seed, protocol, workloads } = campaign;
  const at = timestamp(campaign);
  const { rounds, ...rules } = protocol;
  if (sink.journal.header === null) {
    await sink.append({ type: "header", kind: "journal", version: 1, tool: toolName, at, protocol: rules });
  }
  if (!sink.journal.environments.has(environment)) {
    await sink.append({ type: "environment", id: environment, device, facts });
  }
  const measurements = planRounds(rounds, { ...campaign, isDone: () => false }).length;
  const listed = [...workloads.values()];
  await sink.append({ type: "planned", at, seed, environment, accepted, workloads: listed, rounds, measurements });
}

async function calibrateRound(campaign: Campaign, round: number): Promise<Calibration> {
  const { executor, protocol, environment, sink } = campaign;
  const found = await calibrate(executor, protocol.confidence);
  const calibration = { environment, round, at: timestamp(campaign), ...found };
  await sink.append({ type: "calibrated", calibration });
  return calibration;
}

/** Measures a block on one stage. Returns what was cut short when the campaign is ended. */
async function measureBlock(
  block: Block,
  campaign: Campaign,
  calibration: Calibration,
  progress: ProgressTracker,
): Promise<CutShort | null> {
  const stage = openStage({ ...campaign, calibration, onPhase: progress.onPhase });
  try {
    for (const step of block) {
      if (campaign.signal.aborted) return null;
      const began = campaign.executor.clock.now();
      const partial = await measureStep(step, stage, campaign);
      if (campaign.signal.aborted) return partial;
      progress.onDone(step, campaign.executor.clock.now() - began);
    }
    return null;
  } finally {
    await stage.leave();
  }
}

async function measureStep(step: Step, stage: Stage, campaign: Campaign): Promise<CutShort | null> {
  const { sink } = campaign;
  const position = sink.journal.nextPosition(step.point.round);
  const at = timestamp(campaign);
  await sink.append({ type: "started", at, id: step.id, position });
  const result = await stage.settle(step);
  if (result.kind === "aborted") return null;
  const measurement = toMeasurement(step, result, { position, startedAt: at, campaign });
  const samples = result.kind === "measured" ? result.samples : noSamples;
  if (result.kind === "measured" && result.results.stoppedBy === "aborted") return { measurement, samples };
  if (result.kind === "failed") await sink.append({ type: "failed", at: timestamp(campaign), measurement });
  else await sink.append({ type: "done", at: timestamp(campaign), measurement, samples });
  return null;
}

const noSamples: Samples = { warmup: 0, start_s: [], end_s: [], service_s: [] };

function toMeasurement(
  step: Step,
  result: Exclude<StepResult, { readonly kind: "aborted" }>,
  when: { readonly position: number; readonly startedAt: string; readonly campaign: Campaign },
): Measurement {
  const { position, startedAt, campaign } = when;
  return {
    id: step.id,
    point: step.point,
    position,
    seed: campaign.seed,
    baseline: step.role.kind !== "point",
    environment: campaign.environment,
    startedAt,
    mechanism: result.mechanism,
    flags: result.kind === "measured" ? result.flags : [],
    outcome:
      result.kind === "measured"
        ? { kind: "measured", results: result.results }
        : { kind: result.kind, reason: result.reason },
  };
}

async function recordEnd(campaign: Campaign, partial: CutShort | null): Promise<void> {
  const { reason } = campaign.signal;
  const text = reason instanceof Error ? reason.message : String(reason);
  await campaign.sink.append({ type: "aborted", at: timestamp(campaign), reason: text, partial });
}

async function save(campaign: Campaign): Promise<Profile | null> {
  const built = buildProfile(campaign.sink.journal);
  if (built !== null) await campaign.sink.save(built);
  return built;
}

function timestamp({ executor }: Campaign): string {
  return new Date(executor.clock.wall() * 1e3).toISOString();
}
